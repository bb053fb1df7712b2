import Datasets
import ExperimentConfig
import Files
import FoundationEssentials
import Testing

/// Run directories of format 1 stay readable. `Tests/Fixtures/runs/format1/make` made them with a program
/// that wrote this format; the run whose weights `transfer` started from is not among them.
@Suite struct Format1RunTests {
  private static let fixtures = Program.repository + "/Tests/Fixtures/runs/format1"

  /// Copies of the fixtures in `runs`, beside the data that they were trained on.
  private func withRuns(_ body: (Program) async throws -> Void) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try FileManager.default.createDirectory(
      atPath: program.path("runs"), withIntermediateDirectories: true)
    for name in ["sequential", "folds", "transfer"] {
      try FileManager.default.copyItem(
        atPath: "\(Self.fixtures)/\(name)", toPath: program.path("runs/\(name)"))
    }
    try await body(program)
  }

  // MARK: What the files say, read without the program's own types

  private func text(_ path: String) throws -> String {
    String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
  }

  /// A number in `summary.json`, such as that of `test.accuracy`.
  private func recorded(_ key: String, of run: String) throws -> Double {
    let path = "\(Self.fixtures)/\(run)/summary.json"
    let summary = try JSONText.decode(JSONValue.self, from: FileReading.bytes(of: path))
    return try #require(summary.value(at: key)?.asDouble, "\(run): no \(key)")
  }

  /// The predicted class and the probabilities of the first test example in `predictions.csv`.
  private func firstPrediction(of run: String) throws -> (predicted: Int, probabilities: [Double]) {
    let lines = try text("\(Self.fixtures)/\(run)/predictions.csv").split(separator: "\n")
    let columns = "split,fold,index,label,predicted,p0,p1,p2,p3,logit0,logit1,logit2,logit3"
    try #require(lines.first.map { String($0) } == columns)
    let line = try #require(lines.first { $0.hasPrefix("test,") })
    let fields = line.split(separator: ",")
    try #require(fields.count == 13 && fields[2] == "0")
    let predicted = try #require(Int(fields[4]))
    return (predicted, fields[5..<9].compactMap { Double($0) })
  }

  /// As tables show a score.
  private func decimal(_ value: Double) -> String {
    let number = Int((value * 1e4).rounded())
    return "\(number / 10_000).\(String(10_000 + number % 10_000).dropFirst())"
  }

  private func percent(_ value: Double) -> String {
    let number = Int((value * 1e4).rounded())
    return "\(number / 100).\(String(100 + number % 100).dropFirst())%"
  }

  /// Each line with single spaces, so that the width of columns does not matter.
  private func lines(_ output: String) -> [String] {
    output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }

  // MARK: Reading

  @Test func theyAreListed() async throws {
    try await withRuns { program in
      let outcome = try await program.run(["list"])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.error == "")
      let rows = lines(outcome.output)
      for name in ["sequential", "folds", "transfer"] {
        let row = try #require(
          rows.first { $0.hasPrefix("\(name) finished ") }, "\(outcome.output)")
        let accuracy = percent(try recorded("test.accuracy", of: name))
        #expect(row.contains(accuracy))
      }
      #expect(rows.contains { $0.contains("(ensemble of 3)") })

      let json = try await program.run(["list", "--json"])
      #expect(json.code == 0, "\(json.error)")
      guard
        case .array(let runs) = try JSONText.decode(JSONValue.self, from: Array(json.output.utf8))
      else { throw TestFailure(json.output) }
      // Newest first.
      #expect(runs.compactMap { $0.value(at: "name") } == ["transfer", "folds", "sequential"])
      for run in runs {
        guard case .string(let name)? = run.value(at: "name") else {
          throw TestFailure(json.output)
        }
        for key in ["test.accuracy", "validation.accuracy", "validation.loss"] {
          let expected = try recorded(key, of: name)
          #expect(run.value(at: key)?.asDouble == expected, "\(name): \(key)")
        }
        #expect(run.value(at: "epochs") == 2)
        #expect(run.value(at: "dataset") == "idx")
      }
    }
  }

  @Test func theyAreShown() async throws {
    try await withRuns { program in
      for name in ["sequential", "folds", "transfer"] {
        let outcome = try await program.run(["show", name])
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.error == "")
        let rows = lines(outcome.output)
        let row = try #require(rows.first { $0.hasPrefix("accuracy ") }, "\(outcome.output)")
        let accuracy = percent(try recorded("test.accuracy", of: name))
        #expect(row.hasSuffix(" \(accuracy)"))
        if name != "folds" {
          let validation = decimal(try recorded("validation.loss", of: name))
          let test = decimal(try recorded("test.loss", of: name))
          #expect(rows.contains("loss \(validation) \(test)"))
        }
        // The warning that the run was recorded with.
        let words = rows.joined(separator: " ")
        #expect(
          words.contains("14 of 20 validation examples were in the training set of 'sequential-")
            == (name == "transfer"))
      }
      let folds = try await program.run(["show", "folds"])
      #expect(folds.output.contains("validation: mean of 3 models, 96 examples"))
      #expect(folds.output.contains("test: ensemble of 3 models, 20 examples"))
    }
  }

  @Test func theReportIsWrittenAgain() async throws {
    try await withRuns { program in
      for name in ["sequential", "folds", "transfer"] {
        let run = program.path("runs/\(name)")
        try FileManager.default.removeItem(atPath: run + "/report.html")
        let outcome = try await program.run(["report", name])
        #expect(outcome.code == 0, "\(outcome.error)")
        #expect(outcome.error == "")
        #expect(outcome.output == "runs/\(name)/report.html\n")
        let page = try text(run + "/report.html")
        let accuracy = percent(try recorded("test.accuracy", of: name))
        #expect(page.contains("<small>Test accuracy</small><b>\(accuracy)</b>"))
        // The one plot that was kept.
        #expect(page.contains("data:image/svg+xml;base64,") == (name == "sequential"))
        // Nothing that the run has written has changed.
        for line in try text(run + "/MANIFEST.sha256").split(separator: "\n") {
          let path = "\(run)/\(line.dropFirst(66))"
          #expect(try Digest.hex(ofFile: path) == line.prefix(64), "\(path)")
        }
      }
    }
  }

  // MARK: Comparing

  @Test func twoOfThemAreCompared() async throws {
    try await withRuns { program in
      let accuracies = try ["sequential", "transfer"].map {
        decimal(try recorded("test.accuracy", of: $0))
      }
      let outcome = try await program.run(["diff", "sequential", "transfer"])
      #expect(outcome.code == 1, "\(outcome.error)")
      #expect(outcome.error == "")
      let words = lines(outcome.output).joined(separator: " ")
      #expect(words.contains("accuracy \(accuracies[0]) \(accuracies[1]) "))
      #expect(
        words.contains("Indistinguishable: test accuracy \(accuracies[0]) → \(accuracies[1]),"))
      #expect(words.contains("on the same 20 examples"))
      #expect(words.contains("4 differences could be the cause: seed 7 → 8;"))
      // Configuration, examples and weights were read too.
      #expect(words.contains("freeze – backbone B: transfer.yaml:5:9"))
      #expect(words.contains("14 examples held out by A alone and so trained on by B: 5, 15,"))
      #expect(words.contains("4.weight [4, 8] "))

      let same = try await program.run(["diff", "transfer", "transfer"])
      #expect(same.code == 0, "\(same.error)")
      #expect(same.output.contains("Identical"))
      let folds = try await program.run(["diff", "sequential", "folds"])
      #expect(folds.code == 1, "\(folds.error)")
      #expect(folds.output.contains("Not comparable"))
    }
  }

  @Test func allOfThemAreLaidSideBySide() async throws {
    try await withRuns { program in
      let names = ["sequential", "folds", "transfer"]
      let outcome = try await program.run(["compare"] + names + ["--csv", "table.csv"])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.error == "")
      let accuracies = try names.map { decimal(try recorded("test.accuracy", of: $0)) }
      let row = "accuracy " + accuracies.joined(separator: " ")
      #expect(lines(outcome.output).contains(row), "\(outcome.output)")
      let rows = try text(program.path("table.csv")).split(separator: "\n")
      #expect(rows.count == 4)
      for (name, row) in zip(names, rows.dropFirst()) {
        #expect(row.hasPrefix("\(name),finished,\(name),"))
        let accuracy = try recorded("test.accuracy", of: name)
        #expect(row.contains(",\(accuracy),"))
      }
    }
  }

  // MARK: Predicting

  /// An image of the test set gets the probabilities that the run has recorded for it, from a run, an
  /// ensemble and a single fold; `transfer` does without the run that its weights came from.
  @Test func theirModelsPredict() async throws {
    try await withRuns { program in
      let pixels = try FinishedRun.pixels(program)[..<64]
      try FinishedRun.writePNG(pixels, to: program.path("first.png"))
      try IDX.write(
        IDXArray(shape: [1, 8, 8], bytes: Array(pixels)), to: program.path("first.idx"))
      let cases: [(run: String, words: [String])] = [
        ("sequential", []), ("transfer", []), ("folds", ["--ensemble"]),
        ("folds/fold-2", ["--fold", "2"]),
      ]
      for (run, words) in cases {
        let name = String(run.prefix { $0 != "/" })
        let outcome = try await program.run(
          ["predict", name, "first.png", "first.idx", "--json"] + words)
        #expect(outcome.code == 0, "\(run): \(outcome.error)")
        #expect(outcome.error == "")
        let expected = try firstPrediction(of: run)
        let answers = outcome.output.split(separator: "\n")
        #expect(answers.count == 2)
        for line in answers {
          let answer = try JSONText.decode(JSONValue.self, from: Array(line.utf8))
          #expect(answer.value(at: "predicted") == .integer(expected.predicted))
          guard case .array(let values)? = answer.value(at: "probabilities") else {
            throw TestFailure("\(line)")
          }
          let found = values.compactMap(\.asDouble)
          try #require(found.count == 4 && expected.probabilities.count == 4)
          // Another processor may round otherwise.
          for (left, right) in zip(found, expected.probabilities) {
            #expect(abs(left - right) < 1e-5, "\(run): \(line)")
          }
        }
      }
    }
  }

  /// The data have moved since; what is computed from them is what the summary says.
  @Test func theirTestSetIsScoredAgain() async throws {
    try await withRuns { program in
      let cases: [(run: String, words: [String])] = [
        ("sequential", []), ("transfer", []), ("folds", ["--ensemble"]),
      ]
      for (name, words) in cases {
        let outcome = try await program.run(
          [
            "predict", name, "--dataset", "idx", "--folder", "data", "--split", "test",
            "--limit", "20", "--json",
          ] + words)
        #expect(outcome.code == 0, "\(name): \(outcome.error)")
        let scores = try JSONText.decode(JSONValue.self, from: Array(outcome.output.utf8))
        #expect(scores.value(at: "examples") == 20)
        for key in ["accuracy", "f1_macro"] {
          let found = try #require(scores.value(at: "metrics." + key)?.asDouble, "\(name): \(key)")
          let expected = try recorded("test." + key, of: name)
          #expect(abs(found - expected) < 1e-9, "\(name): \(key)")
        }
      }
    }
  }
}

extension JSONValue {
  /// The value at a path of keys, separated by dots; `nil` if there is none.
  fileprivate func value(at path: String) -> JSONValue? {
    path.split(separator: ".").reduce(Optional(self)) { value, key -> JSONValue? in
      guard case .object(let object)? = value else { return nil }
      return object[String(key)]
    }
  }
}
