import Datasets
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Tasks
import Testing

/// `task: {multi_label: {thresholds: validation}}` from training to prediction.
@Suite struct ThresholdTests {
  private struct Record: Decodable {
    struct Row: Decodable {
      var label: String
      var threshold: Double
      var f1: Double?
    }

    var models: Int
    var examples: Int?
    var labels: [Row]

    var values: [Double] { labels.map(\.threshold) }
  }

  /// Pictures with three labels: one that is easy, one that is rare and noisy, and one that nothing has.
  private func write(into program: Program) throws {
    let folder = program.path("data")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (prefix, count, offset) in [("train", 300, 0), ("t10k", 120, 1000)] {
      var pixels: [UInt8] = []
      var labels: [UInt8] = []
      for index in 0..<count {
        let number = UInt32(index + offset)
        let hash = number &* 2_654_435_761
        let (easy, rare) = (hash >> 30 & 1 == 1, hash >> 24 & 7 == 1)
        labels += [easy ? 1 : 0, rare ? 1 : 0, 0]
        pixels += (0..<16).map { place in
          let noise = UInt8(truncatingIfNeeded: (hash ^ UInt32(place) &* 40_503 &* number) >> 9) / 4
          return noise + (place < 8 && easy ? 120 : 0) + (place >= 8 && rare ? 25 : 0)
        }
      }
      try IDX.write(
        IDXArray(shape: [count, 4, 4], bytes: pixels), to: "\(folder)/\(prefix)-images-idx3-ubyte")
      try IDX.write(
        IDXArray(shape: [count, 3], bytes: labels), to: "\(folder)/\(prefix)-labels-idx1-ubyte")
    }
    try program.write(Self.yaml, to: "labels.yaml")
  }

  private static let yaml = """
    name: labels
    seed: 7
    task: {multi_label: {thresholds: validation}}
    data:
      dataset:
        idx: {folder: data, labels: [easy, rare, absent], height: 4, width: 4}
      batch_size: 32
    model: [flatten, linear: 3]
    optimizer: {adam: 1e-2}
    train: {epochs: 2}

    """

  private func record(_ run: RunDirectory) throws -> Record {
    try JSONText.decode(Record.self, from: run.bytes(of: "thresholds.json"))
  }

  /// Whether a table says what these thresholds decide.
  private func isDecided(_ table: Predictions, by thresholds: [Double]) -> Bool {
    zip(table.probabilities, table.answers).enumerated().allSatisfy {
      ($0.element.0 >= thresholds[$0.offset % thresholds.count]) == ($0.element.1 != 0)
    }
  }

  private func json(_ text: String) throws -> [String: JSONValue] {
    guard case .object(let object) = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
    else { return [:] }
    return object
  }

  @Test func thresholdsAreFittedRecordedAndUsed() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(into: program)
    let trained = try await program.run(["labels.yaml"])
    #expect(trained.code == 0, "\(trained.error)")
    #expect(trained.text.contains("thresholds were fitted to these examples"))
    let run = RunDirectory(path: try #require(program.runs().first))
    let record = try record(run)
    #expect(record.labels.map(\.label) == ["easy", "rare", "absent"])
    #expect(record.models == 1 && record.examples == 60)
    #expect(record.labels[2].threshold == 0.5 && record.labels[2].f1 == nil)
    #expect(record.labels[1].threshold != 0.5)
    #expect(
      String(decoding: try run.bytes(of: "MANIFEST.sha256"), as: UTF8.self)
        .contains("  thresholds.json\n"))
    let tables = try run.readPredictions()
    for split in ["validation", "test"] {
      #expect(isDecided(try #require(tables[split]), by: record.values))
    }
    // At 0.5 nothing has the rare label.
    let test = try #require(tables["test"])
    #expect(isDecided(test, by: [0.5, 0.5, 0.5]) == false)
    let summary = try run.readSummary()
    #expect(summary.scored?["validation"]?.fitted == "thresholds")
    #expect(summary.scored?["test"]?.fitted == nil)
    let report = try json(String(decoding: run.bytes(of: "label_report.json"), as: UTF8.self))
    #expect(report["threshold"] == nil)

    let predicted = try await program.run(
      ["predict", "latest", "--split", "test", "--csv", "again.csv", "--json"])
    #expect(predicted.code == 0, "\(predicted.error)")
    let again = try PredictionsFile.parse(
      FileReading.bytes(of: program.path("again.csv")), path: "again.csv")
    #expect(try #require(again["test"]).answers == test.answers)
    guard case .object(let named)? = try json(predicted.output)["thresholds"] else {
      throw TestFailure(predicted.output)
    }
    #expect(named["rare"] == .number(record.labels[1].threshold))
    let seen = try await program.run(["predict", "latest", "--split", "validation"])
    #expect(seen.code == 0 && seen.error.contains("thresholds were fitted to these examples"))
    let page = String(decoding: try run.bytes(of: "report.html"), as: UTF8.self)
    #expect(page.contains("Threshold") && page.contains("optimistic"))

    let same = try await program.run(["reproduce", run.path])
    #expect(same.code == 0 && same.output.contains("identical: all"), "\(same.text)")

    try run.write("{}", to: "thresholds.json")
    let edited = try await program.run(["predict", run.path, "--split", "test"])
    #expect(edited.code == 2 && edited.error.contains("thresholds.json: is damaged"))
    try run.folder.remove("thresholds.json")
    let missing = try await program.run(["predict", run.path, "--split", "test"])
    #expect(missing.code == 2 && missing.error.contains("thresholds.json"), "\(missing.error)")
  }

  @Test func eachFoldHasItsOwnAndTogetherTheyHaveTheMean() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(into: program)
    let trained = try await program.run(
      ["labels.yaml", "-q", "data.split={folds: 3, inner_validation: 0.25}"])
    #expect(trained.code == 0, "\(trained.error)")
    let run = RunDirectory(path: try #require(program.runs().first))
    let folds = (1...3).map { run.part("fold-\($0)") }
    let records = try folds.map { try record($0) }
    #expect(Set(records.map { "\($0.values)" }).count == 3)
    // What a fold holds out has no part in its thresholds, which see a quarter of the others.
    #expect(records.allSatisfy { $0.examples == 50 })
    for (fold, record) in zip(folds, records) {
      let tables = try fold.readPredictions()
      for table in tables.values { #expect(isDecided(table, by: record.values)) }
      #expect(try fold.readSummary().scored?["validation"]?.fitted == nil)
    }
    let together = try record(run)
    #expect(together.models == 3 && together.examples == nil)
    for label in 0..<3 {
      let mean = records.reduce(0) { $0 + $1.values[label] } / 3
      #expect(abs(together.values[label] - mean) < 1e-12)
    }
    let tables = try run.readPredictions()
    let test = try #require(tables["test"])
    #expect(isDecided(test, by: together.values))
    let held = try #require(tables["validation"])
    for (number, record) in records.enumerated() {
      let rows = held.folds.indices.filter { held.folds[$0] == number + 1 }
      #expect(isDecided(held.selecting(rows), by: record.values))
    }
    for (split, expected) in [("test", test), ("validation", held)] {
      let predicted = try await program.run(
        ["predict", "latest", "--split", split, "--csv", "\(split).csv"])
      #expect(predicted.code == 0 && !predicted.error.contains("fitted"), "\(predicted.error)")
      let again = try PredictionsFile.parse(
        FileReading.bytes(of: program.path("\(split).csv")), path: split)
      #expect(try #require(again[split]).answers == expected.answers)
    }
  }

  @Test func withoutTheOptionNothingIsWritten() async throws {
    let program = try Program()
    defer { program.remove() }
    try write(into: program)
    let trained = try await program.run(["labels.yaml", "-q", "task=multi_label"])
    #expect(trained.code == 0, "\(trained.error)")
    let run = RunDirectory(path: try #require(program.runs().first))
    #expect(!run.isFile("thresholds.json"))
    for table in try run.readPredictions().values {
      #expect(isDecided(table, by: [0.5, 0.5, 0.5]))
    }
    #expect(try run.readSummary().scored?["validation"]?.fitted == nil)
    // Of a task that is written without options, an override sets one.
    try program.write(
      Self.yaml.replacing("{multi_label: {thresholds: validation}}", with: "multi_label"),
      to: "plain.yaml")
    let checked = try await program.run(
      ["plain.yaml", "-q", "--runs-dir", "fitted", "task.multi_label.thresholds=validation"])
    #expect(checked.code == 0, "\(checked.error)")
    #expect(
      RunDirectory(path: try #require(program.runs("fitted").first)).isFile("thresholds.json"))
  }
}
