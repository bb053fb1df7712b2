import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import TestSupport
import Testing

/// `runner explain` of tables, and maps of examples.
@Suite struct ExplainDataTests {
  /// A table in which `size` decides about the class, `copy` follows `size`, and `noise` and `kind` say nothing.
  private static var table: String {
    var text = "size,copy,noise,kind,class\n"
    for row in 0..<160 {
      let size = row * 37 % 101
      let copy = size + row % 3
      let noise = row * 53 % 89
      let kind = ["x", "y", "z"][row * 7 % 5 % 3]
      let cells = [
        "\(size)", row % 20 == 7 ? "" : "\(copy)", "\(noise)", kind, size > 50 ? "big" : "small",
      ]
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }

  private static func experiment(_ split: String, target: String = "class") -> String {
    """
    name: sizes
    seed: 3
    data:
      dataset: {table: {file: sizes.csv, target: \(target), impute: {numbers: mean}}}
      split: \(split)
      batch_size: 16
    model: [linear: 8, relu, linear]
    optimizer: {adam: {lr: 2e-2}}
    train: {epochs: 12}

    """
  }

  private func withTable(
    _ split: String = "{validation: 0.3}", target: String = "class",
    _ body: (Program) async throws -> Void
  ) async throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(Self.table, to: "sizes.csv")
    try program.write(Self.experiment(split, target: target), to: "sizes.yaml")
    let trained = try await program.run(["sizes.yaml", "-q"])
    #expect(trained.code == 0, "\(trained.error)")
    try await body(program)
  }

  private func object(_ value: JSONValue?) throws -> [String: JSONValue] {
    guard case .object(let object)? = value else { throw TestFailure("no object") }
    return object
  }

  private func object(_ text: String) throws -> [String: JSONValue] {
    try object(JSONText.decode(JSONValue.self, from: Array(text.utf8)))
  }

  private func list(_ value: JSONValue?) throws -> [JSONValue] {
    guard case .array(let values)? = value else { throw TestFailure("no list") }
    return values
  }

  private func number(_ value: JSONValue?) throws -> Double {
    switch value {
    case .number(let number)?: return number
    case .integer(let number)?: return Double(number)
    default: throw TestFailure("no number")
    }
  }

  private func text(_ program: Program, _ name: String) throws -> String {
    String(decoding: try FileReading.bytes(of: program.path(name)), as: UTF8.self)
  }

  @Test func columnsThatDecideAreTheImportantOnes() async throws {
    try await withTable { program in
      let command = ["explain", "latest", "--json", "-o", "why", "--repeats", "4"]
      let outcome = try await program.run(command)
      #expect(outcome.code == 0, "\(outcome.error)")
      let answer = try object(outcome.output)
      #expect(answer["metric"] == "validation.accuracy")
      let importances = try list(answer["importances"]).map { try object($0) }
      #expect(importances.count == 4)
      let first = importances[0]
      #expect(first["column"] == "size" || first["column"] == "copy")
      #expect(try list(first["drops"]).count == 4)
      #expect(try number(first["mean"]) > 0.05)
      let pairs = try list(answer["associations"]).map { try object($0) }
      #expect(pairs.first?["columns"] == ["size", "copy"])
      let dependences = try list(answer["partial_dependences"]).map { try object($0) }
      #expect(dependences.count == 4)
      let size = try #require(dependences.first { $0["column"] == "size" })
      // The probability of `big` rises with the size.
      let averages = try list(list(size["average"])[0]).map { try number($0) }
      #expect(try #require(averages.last) > averages[0])
      let kind = try #require(dependences.first { $0["column"] == "kind" })
      #expect(kind["values"] == ["x", "y", "z"])
      // The score is that of the run's summary.
      let shown = try await program.run(["predict", "latest", "--split", "validation", "--json"])
      #expect(try object(object(shown.output)["metrics"])["accuracy"] == answer["score"])
      let page = try text(program, "why/table.html")
      #expect(page.contains("Permutation importance") && page.contains("<svg"))
      #expect(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"))
      #expect(try text(program, "why/table-importances.csv").hasPrefix("column,mean,"))
      #expect(try text(program, "why/table-dependences.csv").contains("kind,x,"))
      // The same again, in place of the files before.
      #expect(try await program.run(command).output == outcome.output)
    }
  }

  @Test func rowsOfOtherTablesAreExplained() async throws {
    try await withTable { program in
      try program.write("kind,noise,copy,size\nx,40,95,95\ny,3,,2\n", to: "new.csv")
      let outcome = try await program.run(["explain", "latest", "new.csv", "--json"])
      #expect(outcome.code == 0, "\(outcome.error)")
      let rows = try list(object(outcome.output)["rows"]).map { try object($0) }
      #expect(rows.map { $0["output"] } == ["big", "small"])
      let found = try object(rows[0]["contributions"])
      #expect(found.count == 4)
      let (size, noise) = (try number(found["size"]), try number(found["noise"]))
      #expect(abs(size) > abs(noise))
      let shown = try await program.run(["explain", "latest", "new.csv"])
      #expect(shown.output.contains("new.csv · row 2 · small"))
      for (file, message) in [
        ("size,copy\n1,2\n", "has no column"), ("kind,noise,copy,size\n", "has no rows"),
      ] {
        try program.write(file, to: "bad.csv")
        let bad = try await program.run(["explain", "latest", "bad.csv"])
        #expect(bad.code == 2, "\(bad.error)")
        #expect(bad.error.contains("bad.csv") && bad.error.contains(message), "\(bad.error)")
      }
    }
  }

  @Test func foldsAnswerTheExamplesThatTheyHoldOut() async throws {
    try await withTable("{folds: 3}") { program in
      let all = try await program.run(["explain", "latest", "--json"])
      #expect(all.code == 0, "\(all.error)")
      let answer = try object(all.output)
      let one = try await program.run(["explain", "latest", "--fold", "2", "--json", "-o", "two"])
      let second = try object(one.output)
      let (whole, part) = (try number(answer["examples"]), try number(second["examples"]))
      #expect(whole > 2.5 * part)
      #expect(second["part"] == "fold-2")
      let rows = try await program.run(["explain", "latest", "sizes.csv"])
      #expect(rows.code == 2 && rows.error.contains("--fold 1"), "\(rows.error)")
      let test = try await program.run(["explain", "latest", "--split", "test"])
      #expect(test.code == 2 && test.error.contains("--split validation"), "\(test.error)")
      let map = try await program.run(["explain", "latest", "--map"])
      #expect(map.code == 2 && map.error.contains("--fold N"), "\(map.error)")
    }
  }

  @Test func numbersAreExplainedByTheirError() async throws {
    try await withTable(target: "size") { program in
      let outcome = try await program.run(["explain", "latest"])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.output.contains("rise of rmse"))
      let map = try await program.run(["explain", "latest", "--map", "--json"])
      #expect(map.code == 0, "\(map.error)")
      let points = try list(object(map.output)["points"]).map { try object($0) }
      #expect(points.allSatisfy { $0["correct"] == .null })
      #expect(try text(program, "explanations/map.html").contains("to below"))
    }
  }

  @Test func examplesAreMapped() async throws {
    try await FinishedRun.with { program, run in
      let command = ["explain", "latest", "--map", "--json", "-o", "map"]
      let outcome = try await program.run(command)
      #expect(outcome.code == 0, "\(outcome.error)")
      let answer = try object(outcome.output)
      let points = try list(answer["points"]).map { try object($0) }
      #expect(points.count == Int(try number(answer["available"])))
      #expect(points.count > 20)
      // What the page calls wrong is wrong in the run's summary, too.
      let shown = try await program.run(["predict", "latest", "--split", "validation", "--json"])
      let accuracy = try number(object(object(shown.output)["metrics"])["accuracy"])
      let correct = points.count { $0["correct"] == true }
      let share: Double = Double(correct) / Double(points.count)
      #expect(abs(share - accuracy) < 1e-9)
      // The layer before the last one has 16 outputs.
      #expect(try object(answer["features"])["width"] == 16)
      let purity = try object(object(answer["quality"])["neighbour_purity"])
      #expect(try number(purity["overall"]) > number(purity["chance"]))
      let page = try text(program, "map/map.html")
      #expect(page.contains("data:image/png;base64,") && page.contains("<i class=\"p "))
      #expect(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"))
      let csv = try text(program, "map/map.csv")
      #expect(csv.split(separator: "\n").count == points.count + 1)
      #expect(try await program.run(command).output == outcome.output)
      let few = try await program.run(["explain", "latest", "--map", "--limit", "12", "--json"])
      #expect(try list(object(few.output)["points"]).count == 12)
    }
  }

  @Test func wrongUsageIsNamed() async throws {
    try await FinishedRun.with { program, run in
      for words in [
        ["--map", "--method", "saliency"], ["--map", "--repeats", "3"], ["--map", "--limit", "3"],
        ["--map", "--split", "train"], ["--map", "--limit", "20001"], ["--limit", "5"],
        ["--split", "test", "--repeats", "5"], ["--map", "--worst", "2"],
      ] {
        let outcome = try await program.run(["explain", "latest"] + words)
        #expect(outcome.code == 64, "\(words): \(outcome.error)")
      }
      try FileManager.default.createDirectory(
        atPath: program.path("taken"), withIntermediateDirectories: false)
      try program.write("mine", to: "taken/map.html")
      try FileManager.default.createDirectory(
        atPath: program.path("other"), withIntermediateDirectories: false)
      try program.write("mine", to: "other/map.csv")
      for (folder, message) in [
        ("taken", "not a page of 'runner explain'"), ("other", "already has a file 'map.csv'"),
        (run.path, "is a run directory"), ("small.yaml", "is a file, expected a folder"),
      ] {
        let outcome = try await program.run(["explain", "latest", "--map", "-o", folder])
        #expect(outcome.code == 2, "\(folder): \(outcome.error)")
        #expect(outcome.error.contains(message), "\(outcome.error)")
      }
      #expect(try text(program, "taken/map.html") == "mine")
    }
  }
}
