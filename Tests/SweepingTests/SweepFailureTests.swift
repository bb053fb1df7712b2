import Diagnostics
import Files
import FoundationEssentials
import RunRecord
import Sweeping
import Testing

/// Trials that cannot be prepared, whose files are gone, or whose objective is undefined.
@Suite struct SweepFailureTests {
  private static let missing = InputError("'mnist' is not available")

  // MARK: Preparation

  @Test(arguments: [1, 2, 3], [1, 2, 3])
  func aTrialThatCannotBePreparedFailsAlone(_ jobs: Int, _ failing: Int) async throws {
    var sweep = try SmallSweep()
    sweep.launcher.capacity = jobs
    sweep.preparation.errors[failing] = Self.missing
    let result = try await sweep.run()
    #expect(result.outcome.ending == .done)
    #expect(result.outcome.failures.map(\.trial.number) == [failing])
    #expect(result.outcome.failures.first?.code == 2)
    let row = try #require(result.row(failing))
    #expect(row.status == "failed")
    #expect(row.reason == "'mnist' is not available")
    #expect(result.table.count("finished") == 2)
    let told = result.events.count { if case .gaveUp = $0 { true } else { false } }
    #expect(told == 1)
    let written = try #require(SweepCatalog.table(of: result.directory.path))
    #expect(written.rows.last?.reason == "'mnist' is not available")
    // What is available later is computed then.
    sweep.preparation.errors = [:]
    let again = try await sweep.run()
    #expect(again.outcome.failures.isEmpty)
    #expect(again.outcome.worked == 1)
  }

  @Test func aFileThatCannotBeReadFailsOneTrialAsWell() async throws {
    var sweep = try SmallSweep()
    sweep.launcher.capacity = 2
    sweep.preparation.errors[2] = FileError(path: "/x/weights.pth", reason: "is damaged")
    let result = try await sweep.run()
    #expect(result.outcome.failures.map(\.reason) == ["/x/weights.pth: is damaged"])
    #expect(result.table.count("finished") == 2)
  }

  @Test(arguments: [1, 2])
  func whatNoTrialCanHaveIsSaidOnce(_ jobs: Int) async throws {
    var sweep = try SmallSweep()
    sweep.launcher.capacity = jobs
    for trial in 1...3 { sweep.preparation.errors[trial] = Self.missing }
    do {
      _ = try await sweep.run()
      Issue.record("a sweep without trials has ended well")
    } catch let error as InputError {
      #expect(error.diagnostics.map(\.message) == ["'mnist' is not available"])
    }
  }

  // MARK: Damage

  @Test(arguments: [
    ("summary.json", nil, "summary.json is missing"),
    ("summary.json", "{", "summary.json is not in the expected format"),
    ("summary.json", #"{"status": "finished"}"#, "summary.json is not in the expected format"),
    (
      "summary.json",
      #"""
      {"status": "finished", "identity": "i", "dataset": "d", "epochs": 1, "best_epoch": 1,
       "parameters": {"total": 1, "trainable": 1}, "test": {}, "validation": {"loss": 0.001}}
      """#, "summary.json was edited or damaged"
    ),
    ("predictions.csv", "label\n\n", "predictions.csv was edited or damaged"),
    ("metrics.jsonl", "\n", "metrics.jsonl was edited or damaged"),
    ("run.json", nil, "run.json is missing"),
    ("run.json", "[]", "run.json is not in the expected format"),
    ("predictions.csv", nil, "predictions.csv is missing"),
  ])
  func damageIsAFailureThatRetryMends(
    _ name: String, _ text: String?, _ reason: String
  ) async throws {
    var sweep = try SmallSweep()
    let first = try await sweep.run()
    let path = first.trial(2).file(name)
    try FileManager.default.removeItem(atPath: path)
    if let text { try AtomicFile.write(text, to: path) }
    let damaged = try await sweep.run()
    #expect(damaged.outcome.worked == 0)
    #expect(damaged.outcome.failures.map(\.trial.number) == [2])
    #expect(damaged.outcome.failures[0].reason.contains(reason), "\(damaged.outcome.failures)")
    #expect(damaged.outcome.failures[0].code == 2)
    #expect(damaged.row(2)?.status == "failed")
    #expect(damaged.row(2)?.reason?.contains(reason) == true)
    #expect(damaged.table.best?.trial == 1)
    sweep.options.retry = true
    let mended = try await sweep.run()
    #expect(mended.outcome.failures.isEmpty)
    #expect(mended.table == first.table)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: first.directory.file("trials"))
    #expect(names.contains { $0.hasPrefix("2-") && $0.hasSuffix(".failed-1") })
  }

  @Test func aTrialThatIsGoneIsComputedAgainAndAFileInItsPlaceIsNot() async throws {
    var sweep = try SmallSweep()
    let first = try await sweep.run()
    try FileManager.default.removeItem(atPath: first.trial(2).path)
    let again = try await sweep.run()
    #expect(again.outcome.worked == 1)
    #expect(again.table == first.table)
    try FileManager.default.removeItem(atPath: first.trial(2).path)
    try AtomicFile.write("x", to: first.trial(2).path)
    #expect(
      try await sweep.run().outcome.failures.map(\.reason) == [
        "something other than a directory is in its place"
      ])
    sweep.options.retry = true
    #expect(try await sweep.run().outcome.failures.isEmpty)
  }

  /// Weights that `--keep` has removed are no damage.
  @Test func removedWeightsAreNoDamage() async throws {
    let sweep = try SmallSweep()
    let first = try await sweep.run()
    let manifest = first.trial(1).file(Manifest.name)
    let line = String(repeating: "0", count: 64) + "  weights/best.safetensors\n"
    let text = try String(decoding: FileReading.bytes(of: manifest), as: UTF8.self)
    try AtomicFile.write(text + line, to: manifest)
    #expect(try await sweep.run().outcome.failures.isEmpty)
  }

  // MARK: Undefined

  @Test func anUndefinedObjectiveIsNotRanked() async throws {
    var sweep = try SmallSweep()
    sweep.launcher.undefined[1] = "one class is predicted"
    let result = try await sweep.run()
    #expect(result.table.best?.trial == 2)
    #expect(result.table.rows.map(\.trial) == [2, 3, 1])
    #expect(result.table.rows.map(\.rank) == [1, 2, nil])
    let row = try #require(result.row(1))
    #expect(row.status == "finished")
    #expect(row.objective == nil)
    #expect(row.reason == "validation loss is undefined: one class is predicted")
    #expect(result.table.undefined.map(\.trial) == [1])
    let written = try #require(SweepCatalog.table(of: result.directory.path))
    #expect(written == SweepTable(csv: result.table.csv))
    #expect(written.rows.last?.reason == row.reason)
    #expect(written.best?.trial == 2)
  }

  @Test func nothingIsTheBestOfUndefinedOnes() async throws {
    var sweep = try SmallSweep()
    for trial in 1...3 { sweep.launcher.undefined[trial] = "no validation example" }
    let result = try await sweep.run()
    #expect(result.table.best == nil)
    #expect(result.table.undefined.count == 3)
    do throws(InputError) {
      _ = try RunReference.resolve(result.directory.path + "/best", in: "runs")
      Issue.record("there is no best trial")
    } catch {
      #expect(error.diagnostics[0].message.contains("has a value for validation loss"))
      #expect(error.diagnostics[0].hint?.contains("no validation example") == true)
    }
  }

  /// Halving keeps a third of those that can be compared.
  @Test(arguments: ["halving", "asha"])
  func undefinedTrialsDoNotGoOn(_ strategy: String) async throws {
    var sweep = try SmallSweep()
    sweep.arguments = ["lr=[1,2,3,4,5,6]"]
    sweep.launcher.diverged = [1, 2, 3]
    let result = try await sweep.run(strategy: strategy, epochs: 9)
    #expect(result.table.rows[0].trial == 4)
    #expect(result.table.count("finished") == 1)
    #expect(result.row(1)?.objective == nil)
    sweep = try SmallSweep()
    sweep.launcher.diverged = [1, 2, 3]
    let none = try await sweep.run(strategy: strategy, epochs: 9)
    #expect(none.table.best == nil)
    #expect(none.table.count("stopped") == 3)
  }

  // MARK: Other data

  @Test func trialsOnOtherDataAreNotRanked() async throws {
    var sweep = try SmallSweep()
    sweep.arguments = ["dataset=[digits,mnist]", "lr=[1,2]"]
    sweep.preparation.fingerprints = [1: "a", 2: "a", 3: "b", 4: "b"]
    let result = try await sweep.run()
    #expect(result.outcome.failures.isEmpty)
    #expect(result.table.count("finished") == 4)
    #expect(!result.table.isRanked)
    #expect(result.table.best == nil)
    #expect(result.table.rows.map(\.trial) == [1, 2, 3, 4])
    let written = try #require(SweepCatalog.table(of: result.directory.path))
    #expect(!written.isRanked)
    #expect(throws: InputError.self) {
      try RunReference.resolve(result.directory.path + "/best", in: "runs")
    }
  }
}
