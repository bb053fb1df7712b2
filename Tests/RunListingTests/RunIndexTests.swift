import ExperimentConfig
import Files
import Foundation
import RunRecord
import Testing

@testable import RunListing

@Suite struct RunIndexTests {
  private func many() throws -> ListFixtures {
    let fixtures = try ListFixtures()
    for number in 0..<RunIndex.fewest {
      let time = String(100_000 + number)
      try fixtures.add("cnn-20261128-\(time)-aaaaaa", lr: "0.\(1000 + number)")
    }
    return fixtures
  }

  private struct Facts: Equatable {
    var entry: RunCatalog.Entry
    var texts: [String]
  }

  /// Everything that a listing shows of all runs.
  private func facts(_ fixtures: ListFixtures) throws -> [Facts] {
    let runs = try ListedRuns(in: fixtures.path)
    let fields = RunFields(runs)
    let names = ["lr", "validation.log_loss", "test.accuracy", "tag", "note", "status", "duration"]
    let columns = try names.map { ListColumn(try #require(fields.find($0)), name: $0) }
    return runs.runs.map { run in
      Facts(
        entry: run.entry, texts: columns.map { $0.text(run, in: runs, isMixed: false) })
    }
  }

  @Test func theIndexGivesWhatTheRunsGive() throws {
    let fixtures = try many()
    let index = fixtures.path + "/.index"
    let first = try facts(fixtures)
    #expect(FileManager.default.fileExists(atPath: index))
    let written = try FileReading.bytes(of: index)
    #expect(try facts(fixtures) == first)
    // Nothing changed, so it is not written again.
    #expect(try FileReading.bytes(of: index) == written)

    // Changes of every kind show at once: a tag, another result, a new run, one that is gone.
    let run = RunDirectory(path: fixtures.path + "/cnn-20261128-100007-aaaaaa")
    try RunAnnotations.change(in: run.folder) { $0.add(tags: ["good"]) }
    try fixtures.add("cnn-20261128-100008-aaaaaa", lr: "0.5", accuracy: 0.5)
    try fixtures.add("cnn-20261129-000000-bbbbbb")
    try FileManager.default.removeItem(atPath: fixtures.path + "/cnn-20261128-100009-aaaaaa")
    let changed = try facts(fixtures)
    try FileManager.default.removeItem(atPath: index)
    #expect(try facts(fixtures) == changed)
    #expect(changed.count == first.count && changed != first)
    #expect(changed.contains { $0.entry.name.contains("100007") && $0.texts.contains("good") })
    #expect(changed.contains { $0.entry.name.contains("100008") && $0.texts.contains("0.5") })
  }

  @Test func runsThatCanStillChangeAreNotIndexed() throws {
    let fixtures = try many()
    let name = "cnn-20261130-000000-cccccc"
    let run = try fixtures.add(name, status: "running")
    func status() throws -> String? {
      try ListedRuns(in: fixtures.path).runs.first { $0.entry.name == name }?.entry.status
    }
    // Nobody holds its lock.
    #expect(try status() == "interrupted")
    #expect(try status() == "interrupted")
    let lock = try RunLock.acquire(run)
    #expect(try status() == "running")
    lock.release()
    #expect(try status() == "interrupted")
  }

  @Test func aDamagedIndexIsNotUsed() throws {
    let fixtures = try many()
    let index = fixtures.path + "/.index"
    let expected = try facts(fixtures)
    let good = try FileReading.bytes(of: index)
    var bad: [[UInt8]] = [[], Array(good.prefix(40)), Array(good.dropLast()), good + [0]]
    for place in stride(from: 0, to: good.count, by: good.count / 4) {
      var bytes = good
      bytes[place] ^= 0x41
      bad.append(bytes)
    }
    for bytes in bad {
      try AtomicFile.write(bytes, to: index)
      #expect(try facts(fixtures) == expected)
      #expect(try FileReading.bytes(of: index).count == good.count)
    }
  }

  /// The content of an index whose hash fits, but which is cut or changed: never a crash.
  @Test func theReaderChecksEveryPlace() throws {
    let fixtures = try many()
    let runs = try ListedRuns(in: fixtures.path)
    var writer = IndexWriter()
    writer.add(
      runs,
      Dictionary(
        uniqueKeysWithValues: runs.runs.prefix(3).map {
          ($0.entry.name, RunSignature(of: $0.entry.path))
        }))
    let content = writer.bytes
    func read(_ bytes: [UInt8]) throws -> Int {
      var reader = IndexReader(bytes[...])
      var table = ListedRuns([])
      return try reader.runs(into: &table, fixtures.path).count
    }
    #expect(try read(content) == 3)
    for length in stride(from: 0, to: content.count - 1, by: 7) {
      #expect(throws: IndexDamage.self) { _ = try read(Array(content.prefix(length))) }
    }
    for place in stride(from: 0, to: content.count, by: 3) {
      var bytes = content
      bytes[place] = 0xFF
      _ = try? read(bytes)
    }
  }

  @Test func withoutAPlaceForTheIndexRunsAreListedAllTheSame() throws {
    let fixtures = try many()
    // A folder of its name: the file cannot be written, even by root.
    try FileManager.default.createDirectory(
      atPath: fixtures.path + "/.index/x", withIntermediateDirectories: true)
    #expect(try facts(fixtures).count == RunIndex.fewest)
  }
}
