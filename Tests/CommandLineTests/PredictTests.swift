import Datasets
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Tasks
import TestSupport
import Testing

/// `runner predict`.
@Suite struct PredictTests {
  /// The models' probabilities as they were computed once and again in another batch.
  private static let tolerance = 1e-6

  private func expectClose(_ left: some Collection<Double>, _ right: some Collection<Double>) {
    #expect(left.count == right.count)
    let largest = zip(left, right).map { abs($0 - $1) }.max() ?? 1
    #expect(largest <= Self.tolerance)
  }

  private func table(_ path: String, _ split: String = "test") throws -> Predictions {
    let tables = try PredictionsFile.parse(FileReading.bytes(of: path), path: path)
    return try #require(tables[split])
  }

  @Test func theRunsOwnTestSetGivesItsPredictions() async throws {
    try await FinishedRun.with { program, run in
      let outcome = try await program.run([
        "predict", "latest", "--split", "test", "--csv", "again.csv", "--json",
      ])
      #expect(outcome.code == 0, "\(outcome.error)")
      let recorded = try #require(try run.readPredictions()["test"])
      let again = try table(program.path("again.csv"))
      #expect(again.indices == recorded.indices)
      #expect(again.labels == recorded.labels)
      #expect(again.answers == recorded.answers)
      expectClose(again.probabilities, recorded.probabilities)

      guard
        case .object(let object) = try JSONText.decode(
          JSONValue.self, from: Array(outcome.output.utf8)),
        case .object(let metrics)? = object["metrics"],
        case .array(let matrix)? = object["confusion_matrix"]
      else { throw TestFailure(outcome.output) }
      #expect(object["examples"] == 100)
      #expect(matrix.count == 4)
      let summary = try run.readSummary()
      for (key, value) in summary.test {
        guard let found = metrics[key]?.asDouble else { throw TestFailure("no \(key)") }
        #expect(abs(found - value) < 1e-6, "\(key)")
      }
      // Nothing of the run has changed.
      for line in String(
        decoding: try FileReading.bytes(of: run.file(Manifest.name)), as: UTF8.self
      ).split(separator: "\n") {
        let name = String(line.dropFirst(66))
        #expect(try Digest.hex(ofFile: run.file(name)) == line.prefix(64))
      }
    }
  }

  @Test func theNormalisationThatTheTrainingFoundIsTaken() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let fitted = SmallExperiment.yaml.replacing(
      "normalize: {mean: 0.3, std: 0.3}", with: "normalize: {fit: train}")
    try program.write(fitted, to: "fitted.yaml")
    let trained = try await program.run(["fitted.yaml", "-q", "data.split.folds=2"])
    #expect(trained.code == 0, "\(trained.error)")
    let run = RunDirectory(path: try #require(program.runs().first))
    for (words, recorded) in [
      (["--ensemble"], run), (["--fold", "2"], RunDirectory(path: run.file("fold-2"))),
    ] {
      let outcome = try await program.run(
        ["predict", "latest", "--split", "test", "--csv", "again-\(words.count).csv"] + words)
      #expect(outcome.code == 0, "\(outcome.error)")
      let expected = try #require(try recorded.readPredictions()["test"])
      let again = try table(program.path("again-\(words.count).csv"))
      #expect(again.answers == expected.answers)
      expectClose(again.probabilities, expected.probabilities)
    }
  }

  @Test func picturesOfTestImagesGiveTheSame() async throws {
    try await FinishedRun.with { program, run in
      let pixels = try FinishedRun.pixels(program)
      var names: [String] = []
      for index in 0..<5 {
        names.append("digit \(index).png")
        try FinishedRun.writePNG(
          pixels[(64 * index)..<(64 * index + 64)], to: program.path(names[index]))
      }
      try IDX.write(
        IDXArray(shape: [3, 8, 8], bytes: Array(pixels[320..<512])), to: program.path("rest"))
      let outcome = try await program.run(
        ["predict", "latest", "--json", "--csv", "out.csv"] + names + ["rest"])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.error == "")
      let recorded = try #require(try run.readPredictions()["test"])
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == 8)
      for (row, line) in lines.enumerated() {
        guard
          case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(line.utf8)),
          case .array(let values)? = object["probabilities"]
        else { throw TestFailure("\(line)") }
        #expect(object["image"] == (row < 5 ? .string(names[row]) : "rest"))
        #expect(object["index"] == (row < 5 ? nil : .integer(row - 5)))
        #expect(object["predicted"] == .integer(recorded.answers[row]))
        expectClose(
          values.compactMap(\.asDouble), recorded.probabilities(at: row))
      }
      let csv = String(
        decoding: try FileReading.bytes(of: program.path("out.csv")), as: UTF8.self
      ).split(separator: "\n")
      #expect(csv.count == 9)
      #expect(csv[0] == "image,index,predicted,p0,p1,p2,p3")
      #expect(csv[8].hasPrefix("rest,2,"))
    }
  }

  @Test func aTableForPeople() async throws {
    try await FinishedRun.with { program, _ in
      let pixels = try FinishedRun.pixels(program)
      let long = String(repeating: "long/", count: 20)
      try FileManager.default.createDirectory(
        atPath: program.path(long), withIntermediateDirectories: true)
      try FinishedRun.writePNG(pixels[..<64], to: program.path(long + "one.png"))
      // A larger picture of the same, ink on paper.
      let large = (0..<1024).map { (place: Int) -> UInt8 in
        let (row, column) = (place / 32, place % 32)
        return 255 - pixels[row / 4 * 8 + column / 4]
      }
      try FinishedRun.writePNG(large[...], side: 32, to: program.path("ink.png"))
      let outcome = try await program.run([
        "predict", "latest", long + "one.png", "ink.png", "--top", "4",
      ])
      #expect(outcome.code == 0)
      let lines = outcome.output.split(separator: "\n").map(String.init)
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(outcome.error)")
      #expect(outcome.error.contains("1 image was resized from 32×32 to 8×8 pixels"))
      #expect(lines.contains { $0.contains("image") && $0.contains("probability") })
      #expect(lines.contains { $0.contains("long/one.png  ") })
      let inverted = try await program.run([
        "predict", "latest", "ink.png", "--invert", "--top", "1",
      ])
      #expect(inverted.code == 0)
      #expect(!inverted.error.contains("--invert"))
      let last = try #require(inverted.output.split(separator: "\n").last)
      #expect(last.split(separator: " ")[1] == "0")
    }
  }

  @Test func anotherDataSet() async throws {
    try await FinishedRun.with { program, _ in
      // Larger images, and a label that the run does not know.
      for (name, label) in [("good", UInt8(3)), ("bad", 4)] {
        let folder = program.path(name)
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
        for part in ["train", "t10k"] {
          try IDX.write(
            IDXArray(shape: [2, 16, 16], bytes: Array(repeating: 90, count: 512)),
            to: "\(folder)/\(part)-images-idx3-ubyte")
          try IDX.write(
            IDXArray(shape: [2], bytes: [0, label]), to: "\(folder)/\(part)-labels-idx1-ubyte")
        }
      }
      let good = try await program.run([
        "predict", "latest", "--dataset", "idx", "--folder", "good", "--split", "train", "--csv",
        "good.csv",
      ])
      #expect(good.code == 0, "\(good.error)")
      #expect(good.error.contains("2 images were resized from 16×16 to 8×8"))
      #expect(try table(program.path("good.csv"), "train").labels == [0, 3])
      let bad = try await program.run([
        "predict", "latest", "--dataset", "idx", "--folder", "bad",
      ])
      #expect(bad.code == 2)
      #expect(bad.error.contains("example 1 has the label 4, not one of the 4 classes"))
      try FileManager.default.removeItem(atPath: program.path("data"))
      let gone = try await program.run(["predict", "latest", "--split", "test"])
      #expect(gone.code == 2)
      #expect(gone.error.contains("the run's data is missing"))
      #expect(gone.error.contains("--folder DIR"))
    }
  }

  /// What a run started from is of no more use once it has weights of its own.
  @Test func theFirstWeightsNeedNotBeThere() async throws {
    try await FinishedRun.with { program, run in
      try FinishedRun.writePNG(try FinishedRun.pixels(program)[..<64], to: program.path("a.png"))
      try AtomicFile.write(
        [FileReading.bytes(of: run.file("weights/best.safetensors"))],
        to: program.path("first.safetensors"))
      let second = try await program.run([
        "small.yaml", "-q", "weights=first.safetensors", "epochs=1", "--runs-dir", "second",
      ])
      #expect(second.code == 0, "\(second.error)")
      try FileManager.default.removeItem(atPath: program.path("first.safetensors"))
      let outcome = try await program.run(["predict", program.runs("second")[0], "a.png"])
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func foldsAloneAndTogether() async throws {
    let overrides = ["split={folds: 3}", "epochs=2"]
    try await FinishedRun.with(overrides) { program, run in
      try FinishedRun.writePNG(try FinishedRun.pixels(program)[..<64], to: program.path("a.png"))
      let open = try await program.run(["predict", "latest", "a.png"])
      #expect(open.code == 2)
      #expect(open.error.contains("resolved.yaml:"))
      #expect(open.error.contains("--ensemble"))
      #expect(open.error.contains("--fold N"))
      #expect(try await program.run(["predict", "latest", "a.png", "--fold", "4"]).code == 2)

      let all = try await program.run([
        "predict", "latest", "--split", "test", "--ensemble", "--csv", "all.csv",
      ])
      #expect(all.code == 0, "\(all.error)")
      let recorded = try #require(try run.readPredictions()["test"])
      let together = try table(program.path("all.csv"))
      #expect(together.answers == recorded.answers)
      expectClose(together.probabilities, recorded.probabilities)

      let fold = RunDirectory(path: run.file("fold-2"))
      for arguments in [["latest", "--fold", "2"], [fold.path]] {
        let one = try await program.run(
          ["predict"] + arguments + ["--split", "test", "--csv", "one.csv"])
        #expect(one.code == 0, "\(one.error)")
        let alone = try table(program.path("one.csv"))
        #expect(alone.folds.allSatisfy { $0 == 2 })
        expectClose(
          alone.probabilities, try #require(try fold.readPredictions()["test"]).probabilities)
      }
      // The manifest of the run speaks for its folds.
      let best = fold.file("weights/best.safetensors")
      var bytes = try FileReading.bytes(of: best)
      bytes[bytes.count - 1] ^= 1
      try AtomicFile.write([bytes], to: best)
      for arguments in [["latest", "--ensemble"], [fold.path]] {
        let outcome = try await program.run(["predict"] + arguments + ["a.png"])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("fold-2/weights/best.safetensors: is damaged"))
      }
    }
  }
}

extension JSONValue {
  var asDouble: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }
}
