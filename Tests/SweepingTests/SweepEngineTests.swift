import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Planning
import RunRecord
import Sweeping
import Synchronization
import TestSupport
import Testing

/// The engine with trials that are computed in this process.
@Suite struct SweepEngineTests {
  private struct Preparation: TrialPreparation {
    func prepare(_ trial: TrialPlan, at path: String) async throws {
      let run = RunDirectory(path: path)
      let info: JSONValue = ["status": "queued", "identity": .string(trial.hash)]
      try run.write(json: info, to: "run.json")
      try run.write("values\n", to: "resolved.yaml")
    }
  }

  /// Finishes trials; the loss is the trial's number.
  private final class Launcher: TrialLauncher {
    let capacity: Int
    let endings: [Int: [TrialEnding]]
    let calls = Mutex<[Int]>([])

    init(capacity: Int = 1, endings: [Int: [TrialEnding]] = [:]) {
      self.capacity = capacity
      self.endings = endings
    }

    func run(_ run: RunDirectory, untilEpoch: Int?, log: String) async throws -> TrialEnding {
      let name = run.path.split(separator: "/").last ?? ""
      let number = Int(name.prefix { $0 != "-" }) ?? 0
      let count = calls.withLock { calls in
        calls.append(number)
        return calls.count { $0 == number }
      }
      if let ending = endings[number].flatMap({ $0.count >= count ? $0[count - 1] : nil }) {
        return ending
      }
      let summary = RunSummary(
        status: "finished", identity: "i", dataset: "d", parameters: .init(total: 1, trainable: 1),
        epochs: 1, bestEpoch: 1, validation: ["loss": Double(number)], test: ["loss": 0])
      try run.write(json: summary, to: "summary.json")
      for name in ["best", "last"] { try run.write("w", to: "weights/\(name).safetensors") }
      try run.write(json: ["status": "finished", "identity": "i"] as JSONValue, to: "run.json")
      return .done
    }

    func interrupt() {}
  }

  private func sweep(
    _ folder: TemporaryFolder, _ launcher: Launcher, keep: String = "all"
  ) async throws -> (SweepOutcome, SweepTable, SweepDirectory) {
    let path = folder.path + "/net.yaml"
    let text =
      "data: {dataset: digits, split: {validation: 0.2}}\nmodel: [flatten, linear: 10]\n"
    try folder.write(Array(text.utf8), "net.yaml")
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 2)
    let source = try loader.source(path)
    var options = SweepRequest.Options()
    options.keep = keep
    let request = try SweepRequest(
      ["lr=[1,2,3]"], options: options, source: source, loader: loader)
    let runs = folder.path + "/runs"
    let plan = try SweepPlan(
      request, experiment: path, source: source, command: [], environment: [:], processors: 2,
      runs: runs, isNew: false)
    let directory =
      try plan.directory ?? SweepDirectory.create(in: runs, name: "net", hash: plan.identity)
    try directory.write(plan.file)
    let engine = SweepEngine(
      directory: directory, file: plan.file, planner: plan.planner, epochs: plan.epochs,
      preparation: Preparation(), launcher: launcher)
    let outcome = try await engine.run()
    return (outcome, engine.table, directory)
  }

  /// Code 70 without a failure in the record says that a worker was killed.
  @Test func aCrashIsTriedAgainAFailureIsNot() async throws {
    let folder = try TemporaryFolder()
    let launcher = Launcher(endings: [
      1: [.signaled(9)], 2: [.exited(70), .lost("gone")], 3: [.exited(2)],
    ])
    let (outcome, table, _) = try await sweep(folder, launcher)
    #expect(launcher.calls.withLock { $0 } == [1, 1, 2, 2, 3])
    #expect(outcome.failures.map(\.trial.number) == [2, 3])
    #expect(outcome.failures[0].reason == "its process gone")
    #expect(table.rows.map(\.status) == ["finished", "unfinished", "unfinished"])
    // The next call takes up what did not end by itself.
    let later = Launcher()
    let (again, all, _) = try await sweep(folder, later)
    #expect(later.calls.withLock { $0 } == [2, 3])
    #expect(again.failures.isEmpty)
    #expect(all.rows.map(\.trial) == [1, 2, 3])
  }

  @Test(arguments: [
    ("all", ["best.safetensors", "last.safetensors"]), ("best", ["best.safetensors"]),
    ("last", ["last.safetensors"]), ("none", []),
  ])
  func keepDecidesWhichWeightsStay(_ keep: String, _ names: [String]) async throws {
    let folder = try TemporaryFolder()
    let (_, table, directory) = try await sweep(folder, Launcher(), keep: keep)
    let weights = directory.file("trials/\(table.rows[0].directory)/weights")
    #expect(try FileManager.default.contentsOfDirectory(atPath: weights).sorted() == names)
  }

  @Test func whatAProcessLeftHalfMadeIsMadeAnew() async throws {
    let folder = try TemporaryFolder()
    let (_, table, directory) = try await sweep(folder, Launcher())
    let trial = directory.file("trials/\(table.rows[0].directory)")
    let rest = directory.file("trials/.\(table.rows[0].directory).tmp")
    try AtomicFile.rename(trial, to: rest)
    let (outcome, again, _) = try await sweep(folder, Launcher())
    #expect(outcome.failures.isEmpty)
    #expect(again == table)
    #expect(!FileManager.default.fileExists(atPath: rest))
  }

  @Test func slurmOptions() throws {
    let options = try SlurmOptions("partition=gpu,time=1:00:00,cpus=4,gpus=1,account=me")
    #expect(
      options.arguments == [
        "--partition=gpu", "--time=1:00:00", "--cpus-per-task=4", "--gpus-per-node=1",
        "--account=me",
      ])
    #expect(options.processors == 4)
    for text in ["array=1-3", "cpus=many", "-x=1", "Partition=x"] {
      #expect(throws: InputError.self, "\(text)") { try SlurmOptions(text) }
    }
  }
}
