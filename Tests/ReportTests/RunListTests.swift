import ExperimentConfig
import Foundation
import Report
import RunRecord
import Testing

@Suite struct RunListTests {
  private func entry(_ name: String, _ accuracy: Double?, _ loss: Double? = nil) -> RunCatalog.Entry
  {
    var entry = RunCatalog.Entry(name: name, path: name)
    entry.validationScore = accuracy
    entry.validationLoss = loss
    return entry
  }

  @Test func foreignFoldersAreSkippedAndDamagedRunsNamed() throws {
    let folder = try TemporaryFolder()
    try SampleRun().write(to: folder)
    try folder.write("{", "broken-20261124-000000-aaaaaa/run.json")
    try folder.write("x", "foreign/data.txt")
    let entries = try RunCatalog.entries(in: folder.path)
    #expect(entries.map(\.status) == ["damaged", "finished"])
    #expect(entries[0].damage?.contains("run.json") == true)
    #expect(entries[1].testScore == 0.88)
    #expect(entries[1].epochs == 6)
    #expect(RunColumn.testScore.text(entries[1]) == "88.00%")
    #expect(RunColumn.started.text(entries[1]) == "2026-11-23 01:19")
  }

  @Test func halfASummaryIsDamage() throws {
    let folder = try TemporaryFolder()
    let run = try SampleRun().write(to: folder)
    try folder.write("{\"status\":", SampleRun().directory + "/summary.json")
    let entry = try RunCatalog.entries(in: folder.path)[0]
    #expect(entry.status == "damaged")
    #expect(entry.damage?.hasPrefix(run.path) == true)
    try FileManager.default.removeItem(atPath: run.path + "/summary.json")
    let gone = try RunCatalog.entries(in: folder.path)[0]
    #expect(gone.status == "damaged")
    #expect(
      gone.damage == run.path + "/summary.json: is missing, although the run has finished")
  }

  @Test func runningRunsSayHowFarTheyCame() throws {
    let folder = try TemporaryFolder()
    var run = SampleRun()
    run.summary = nil
    run.info.status = .running
    let lock = try RunLock.acquire(run.write(to: folder))
    defer { lock.release() }
    let entry = try RunCatalog.entries(in: folder.path)[0]
    #expect(entry.status == "running" && entry.statusNote == nil)
    #expect(entry.epochs == 6)
    #expect(entry.validationLoss == 0.3)
    #expect(entry.testScore == nil)
  }

  /// A listing that read `metrics.jsonl` of a finished run would take minutes for long runs.
  @Test func metricsOfFinishedRunsAreNotRead() throws {
    let folder = try TemporaryFolder()
    try SampleRun().write(to: folder)
    try folder.write("{}\n{}\n", SampleRun().directory + "/metrics.jsonl")
    #expect(try RunCatalog.entries(in: folder.path)[0].epochs == 6)
  }

  @Test func largeSeedsKeepAllDigits() {
    var entry = entry("a", nil)
    entry.seed = .max
    guard case .object(let object) = RunColumn.json(entry) else { return }
    #expect(object["seed"] == .string("18446744073709551615"))
  }

  @Test func times() {
    #expect(UTCTime.seconds("1970-01-02T00:00:01Z") == 86401)
    #expect(UTCTime.seconds(UTCTime.iso(1_795_396_799)) == 1_795_396_799)
    for text in ["", "yesterday", "2026-11-23T01:19:59", "2026-11-23T01:19:59Z "] {
      #expect(UTCTime.seconds(text) == nil)
    }
    #expect([5, 65, 7320].map(RunTime.text) == ["5 s", "1 min 5 s", "2 h 2 min"])
  }
}
