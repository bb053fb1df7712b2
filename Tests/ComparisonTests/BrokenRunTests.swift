import ComparisonFixtures
import Files
import Foundation
import RunRecord
import Testing

@testable import Comparison

@Suite struct BrokenRunTests {
  private static let files = [
    "run.json", "summary.json", "metrics.jsonl", "predictions.csv", "resolved.yaml",
    "timings.jsonl", "weights/best.safetensors",
  ]

  @Test(arguments: files) func aMissingFileIsNamed(_ name: String) throws {
    let pair = try Pair()
    try FileManager.default.removeItem(atPath: pair.b.file(name))
    let diff = pair.diff
    let said = diff.b.problems + diff.weights.notes
    // Nobody misses the timings in a verdict, but they are named too.
    #expect(said.contains { $0.contains(name) }, "\(said)")
    #expect(!diff.isSame || name == "timings.jsonl" || name == "resolved.yaml")
  }

  @Test(arguments: files) func aHalfWrittenFileIsNamed(_ name: String) throws {
    let pair = try Pair()
    let whole = try FileReading.bytes(of: pair.b.file(name))
    for cut in [0, whole.count / 2, whole.count - 3] {
      try Data(whole.prefix(cut)).write(to: URL(filePath: pair.b.file(name)))
      let diff = pair.diff
      if ["run.json", "summary.json", "predictions.csv", "weights/best.safetensors"].contains(name),
        cut < whole.count - 3
      {
        let said = diff.b.problems + diff.weights.notes
        #expect(said.contains { $0.contains(name) } || !diff.isSame, "\(cut): \(said)")
      }
    }
  }

  @Test(arguments: files) func noiseInAFileCrashesNothing(_ name: String) throws {
    let pair = try Pair()
    let whole = try FileReading.bytes(of: pair.b.file(name))
    for step in 0..<8 {
      var bytes = whole
      let place = (step * 7919 + 1) % bytes.count
      bytes[place] = UInt8(truncatingIfNeeded: step * 37 + 1)
      try Data(bytes).write(to: URL(filePath: pair.b.file(name)))
      _ = pair.diff
    }
  }

  @Test func metricsThatAreNoNumbersAreNamed() throws {
    let pair = try Pair()
    let path = pair.b.file("summary.json")
    let text = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
      .replacing(#/"loss" : [0-9.]+/#, with: "\"loss\" : \"nan\"")
    try AtomicFile.write(text, to: path)
    let diff = pair.diff
    #expect(
      diff.b.problems == [
        "summary.json: validation loss is not a number", "summary.json: test loss is not a number",
      ])
    #expect(!diff.isSame)
    let loss = try #require(diff.scores.last?["loss"])
    #expect(loss.differs)
    #expect(loss.test == nil)
    #expect(loss.isBBetter == nil)
  }

  @Test func aRunThatWasKilledIsNotTested() throws {
    let diff = try Pair.diff { $0.status = "running" }
    #expect(diff.verdict.outcome == .notComparable)
    #expect(diff.verdict.reason == "B has not finished")
    #expect(diff.scores.allSatisfy { $0.reason == "B has not finished" })
    #expect(diff.b.problems.first?.contains("its status is 'interrupted'") == true)
    #expect(diff.curves.common == 3)
  }

  @Test func aRunOfAnotherVersionIsRead() throws {
    let pair = try Pair()
    let path = pair.b.file("run.json")
    let text = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
      .replacing("\"0.1.0\"", with: "\"9.0.0\"")
      .replacing("\"host\" : \"host\"", with: "\"hosts\" : [1, {\"x\" : null}]")
    try AtomicFile.write(text, to: path)
    let resolved = pair.b.file("resolved.yaml")
    let yaml = String(decoding: try FileReading.bytes(of: resolved), as: UTF8.self)
    try AtomicFile.write(yaml + "future:\n  thing: 3\n", to: resolved)
    let diff = pair.diff
    #expect(diff.configuration.map(\.path) == ["future"])
    #expect(diff.verdict.causes == ["future with thing 3", "runner 0.1.0 → 9.0.0"])
    #expect(diff.verdict.outcome == .indistinguishable)
  }

  @Test func aFolderWithNothingButARunFileIsCompared() throws {
    let pair = try Pair()
    for name in Self.files.dropFirst() {
      try FileManager.default.removeItem(atPath: pair.b.file(name))
    }
    #expect(pair.diff.verdict.outcome == .notComparable)
    #expect(RunDiff(pair.b, pair.b).isSame)
    _ = RunComparison([pair.a, pair.b])
  }
}
