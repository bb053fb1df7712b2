import ExperimentConfig
import Files
import Foundation
import RunRecord
import TestSupport
import Testing

/// Records are input: whatever is done to them, reading gives the value or a located error.
@Suite struct RecordFuzzTests {
  private struct Record: Sendable {
    let name: String
    let value: JSONValue
    let read: @Sendable (RunDirectory) throws -> Void
  }

  private static func records() throws -> [Record] {
    func json(_ value: some Encodable) throws -> JSONValue {
      try JSONText.decode(JSONValue.self, from: JSONText.encode(value))
    }
    var info = sampleInfo
    let identity = try identity()
    (info.identity, info.identifiedBy) = (identity.hex, identity.parts)
    let checkpoint: JSONValue = [
      "format": 1, "identity": .string(identity.hex),
      "progress": [
        "step": 4, "epochs": 2, "stepInEpoch": 0, "earlyStopping": ["hasStopped": false],
      ],
      "lengths": ["losses.bin": 32, "metrics.jsonl": 10, "events.out.tfevents.1.h": 3],
      "hashes": ["losses.bin": .string(identity.hex)],
    ]
    return [
      Record(name: "run.json", value: try json(info)) { _ = try $0.readInfo() },
      Record(name: "summary.json", value: try json(sampleSummary)) { _ = try $0.readSummary() },
      Record(
        name: "metrics.jsonl", value: try json(EpochRecord(fold: 0, epoch: 1, values: ["lr": 0.1]))
      ) { _ = try $0.readEpochs() },
      Record(
        name: "timings.jsonl",
        value: try json(
          EpochTiming(
            fold: 0, epoch: 1, trainSeconds: 1, evaluationSeconds: 1, examplesPerSecond: 9))
      ) { _ = try $0.readTimings() },
      Record(name: RunExplanations.name, value: try json(explanations)) {
        _ = try RecordFile.read(RunExplanations.self, from: $0.file(RunExplanations.name))
      },
      Record(name: ExampleMap.name, value: try json(map)) {
        _ = try RecordFile.read(ExampleMap.self, from: $0.file(ExampleMap.name))
      },
      Record(name: "state.json", value: checkpoint) {
        _ = try RecordFile.read(CheckpointHeader.self, from: $0.file("state.json"))
      },
    ]
  }

  /// Of a picture and of a table at once, which no run has.
  private static var explanations: RunExplanations {
    var record = RunExplanations(split: "validation")
    record.pictures = [
      RunExplanations.Picture(
        file: "explanations/validation_example_3_grad_cam.png", example: 3, lines: ["true 1"],
        method: "grad_cam", explained: "2", layer: "conv")
    ]
    record.columns = RunExplanations.Columns(
      score: "accuracy", value: 0.9, higherIsBetter: true, examples: 20, available: 30, repeats: 10,
      columns: [
        RunExplanations.Columns.Column(
          name: "size", mean: 0.3, deviation: 0.1, interval: [0.2, 0.4])
      ], notes: ["'a' and 'b' say much about each other"])
    record.notes = ["validation example 4 is not explained"]
    return record
  }

  private static var map: ExampleMap {
    var map = ExampleMap(
      split: "validation", available: 9,
      points: (0..<2).map {
        ExampleMap.Point(
          index: $0, name: "a.png", target: "one", prediction: "two", isWrong: true, group: $0,
          tsne: [0, 1], pca: [2, 3])
      }, groups: ["with x", "without x"], grouping: .label(named: "x", chosen: true),
      features: ExampleMap.Features(
        layer: "fc", shape: [2], width: 2, isPooled: false, variances: [1], totalVariance: 2),
      tsne: ExampleMap.Descent(perplexity: 3, iterations: 50, divergence: 0.2),
      quality: ExampleMap.Quality(
        purity: ExampleMap.Purity(neighbours: 1, overall: 1, byGroup: [1, nil], chance: 0.5),
        silhouette: 0.5, trustworthiness: 1, trustedNeighbours: 1))
    map.pictured = [1]
    return map
  }

  /// Every value in place of every other: of another type, huge, negative, empty, deep; and each left
  /// out.
  private static func mutations(of value: JSONValue) -> [JSONValue] {
    var deep = JSONValue.integer(1)
    for _ in 0..<300 { deep = .array([deep]) }
    let others: [JSONValue] = [
      .null, .boolean(true), .integer(-1), .integer(.max), .integer(.min), .number(1e300),
      .string(""), .string("nan"), .string("../../x"), .string(String(repeating: "é", count: 5000)),
      .array([]), .object([:]), .array([.integer(0), .integer(1 << 62), .integer(4)]), deep,
    ]
    var all = others
    switch value {
    case .object(let values):
      for (key, item) in values {
        var less = values
        less[key] = nil
        all.append(.object(less))
        for changed in mutations(of: item) {
          var more = values
          more[key] = changed
          all.append(.object(more))
        }
      }
    case .array(let items):
      all.append(.array(items + items))
      for (index, item) in items.enumerated() {
        for changed in mutations(of: item) {
          var more = items
          more[index] = changed
          all.append(.array(more))
        }
      }
    default: break
    }
    return all
  }

  @Test(arguments: 0..<6)
  func anyChangeIsReadOrNamed(_ number: Int) throws {
    let record = try Self.records()[number]
    let folder = try TemporaryFolder()
    let run = RunDirectory(path: folder.path)
    try FileManager.default.createDirectory(
      atPath: run.file(RunExplanations.folder), withIntermediateDirectories: true)
    let isLine = record.name.hasSuffix(".jsonl")
    func text(_ value: JSONValue) throws -> [UInt8] {
      try JSONText.encode(value) + (isLine ? [UInt8(ascii: "\n")] : [])
    }
    func tryReading(_ bytes: [UInt8]) throws {
      try folder.write(bytes, record.name)
      do {
        try record.read(run)
      } catch let error as FileError {
        #expect(error.path.contains(record.name) && !error.reason.isEmpty)
      }
    }
    try tryReading(text(record.value))
    for value in Self.mutations(of: record.value) { try tryReading(text(value)) }
    let whole = try text(record.value)
    for count in stride(from: 0, to: whole.count, by: 7) { try tryReading(Array(whole[..<count])) }
    for place in stride(from: 0, to: whole.count, by: 11) {
      var bytes = whole
      bytes[place] = 0xFF
      try tryReading(bytes)
    }
    // The key twice.
    if whole.first == UInt8(ascii: "{") {
      try tryReading(Array("{\"fold\":1,\"fold\":-9,".utf8) + whole.dropFirst())
    }
  }

  @Test func whatIsWrongIsNamed() throws {
    var info = sampleInfo
    func problem(_ change: (inout RunInfo) -> Void) -> String? {
      var changed = info
      change(&changed)
      do throws(RecordProblem) {
        try changed.check()
        return nil
      } catch {
        return error.key
      }
    }
    info.identity = String(repeating: "a", count: 64)
    #expect(problem { _ in } == nil)
    #expect(problem { $0.threads = 1_000_000 } == "threads")
    #expect(problem { $0.device = "cuda:-1" } == "device")
    #expect(problem { $0.precision = "float8" } == "precision")
    #expect(problem { $0.fold = 0 } == "fold")
    #expect(problem { $0.identity = "../x" } == "identity")
    #expect(problem { $0.seed = .max } == "seed")
  }

  @Test func namesOutsideOfTheRunAreNoFilesThatGrow() {
    for name in ["../metrics.jsonl", "events.out.tfevents./../../x", "run.json", "", "losses.bin/"]
    {
      #expect(throws: RecordProblem.self) {
        try CheckpointHeader.check(lengths: [name: 1], hashes: [:])
      }
    }
    #expect(throws: RecordProblem.self) {
      try CheckpointHeader.check(lengths: ["losses.bin": -8], hashes: [:])
    }
  }
}
