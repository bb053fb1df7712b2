import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import Planning
import RunRecord
import Signals
import Sweeping
import Synchronization
import TestSupport
import Testing

/// The engine with trials that are computed in this process.
@Suite struct SweepEngineTests {
  /// What all trials of a call get.
  private struct Inputs {
    var dataset = ("digits", "1")
    var weights: (String, String?)?

    var fields: [String: JSONValue] {
      var fields: [String: JSONValue] = [
        "dataset": ["used": .string(dataset.0), "fingerprint": .string(dataset.1)]
      ]
      if let (used, sha256) = weights {
        fields["weights"] = [
          "used": .string(used), "sha256": sha256.map(JSONValue.string) ?? .null,
        ]
      }
      return fields
    }
  }

  private struct Preparation: TrialPreparation {
    var inputs = Inputs()
    /// A person wants the end while the trial is prepared.
    var stop: Interrupts?

    func prepare(_ trial: TrialPlan, at path: String) async throws {
      let run = RunDirectory(path: path)
      if let stop {
        stop.arrived(SIGINT)
        throw CancellationError()
      }
      var fields = inputs.fields
      fields["status"] = "queued"
      fields["identity"] = .string(trial.hash)
      try run.write(json: JSONValue.object(fields), to: "run.json")
      try run.write("values\n", to: "resolved.yaml")
    }
  }

  /// Finishes trials; the loss is the trial's number.
  private final class Launcher: TrialLauncher {
    let capacity: Int
    let endings: [Int: [TrialEnding]]
    let calls = Mutex<[Int]>([])
    /// Set when the first trial is started.
    var stop: Interrupts? { stopping }
    private let stopping: Interrupts?
    /// Whether a trial that does not finish has done an epoch of a fold.
    private let comesOn: Bool

    init(
      capacity: Int = 1, endings: [Int: [TrialEnding]] = [:], stop: Interrupts? = nil,
      comesOn: Bool = false
    ) {
      stopping = stop
      self.comesOn = comesOn
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
      stop?.arrived(SIGINT)
      if let ending = endings[number].flatMap({ $0.count >= count ? $0[count - 1] : nil }) {
        if comesOn {
          let lines = (1...count).map { #"{"epoch": \#($0), "fold": 1, "val_loss": 1}"# + "\n" }
          try run.write(lines.joined(), to: "fold-1/metrics.jsonl")
          try run.write("{}", to: "fold-1/run.json")
        }
        return ending
      }
      let summary = RunSummary(
        status: "finished", identity: "i", dataset: "d", parameters: .init(total: 1, trainable: 1),
        epochs: 1, bestEpoch: 1, validation: ["loss": Double(number)], test: ["loss": 0])
      try run.write(json: summary, to: "summary.json")
      for name in ["best", "last"] { try run.write("w", to: "weights/\(name).safetensors") }
      let text = try String(decoding: FileReading.bytes(of: run.file("run.json")), as: UTF8.self)
      try run.write(text.replacing("queued", with: "finished"), to: "run.json")
      return .done
    }

    func interrupt() {}
  }

  private func sweep(
    _ folder: TemporaryFolder, _ launcher: Launcher, keep: String = "all",
    _ arguments: [String] = ["lr=[1,2,3]"], _ preparation: Preparation = Preparation()
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
      arguments, options: options, source: source, loader: loader)
    let runs = folder.path + "/runs"
    let plan = try SweepPlan(
      request, experiment: path, source: source, command: [], environment: [:], processors: 2,
      runs: runs, isNew: false)
    let directory =
      try plan.directory ?? SweepDirectory.create(in: runs, name: "net", hash: plan.identity)
    try directory.write(plan.file)
    let engine = SweepEngine(
      directory: directory, file: plan.file, planner: plan.planner, epochs: plan.epochs,
      preparation: preparation, launcher: launcher,
      interrupts: launcher.stop ?? preparation.stop ?? Interrupts(.none))
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

  /// Of trials that ended while no sweep was there, and of an earlier choice.
  @Test func keepDecidesOfWhatIsFinishedAlready() async throws {
    let folder = try TemporaryFolder()
    let (_, table, directory) = try await sweep(folder, Launcher())
    let launcher = Launcher()
    _ = try await sweep(folder, launcher, keep: "best")
    #expect(launcher.calls.withLock { $0 }.isEmpty)
    for row in table.rows {
      let weights = directory.file("trials/\(row.directory)/weights")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: weights) == ["best.safetensors"])
    }
  }

  /// Two crashes with an epoch of a fold between them are not the same crash twice.
  @Test func foldsThatComeOnAreNotGivenUp() async throws {
    let folder = try TemporaryFolder()
    let endings: [Int: [TrialEnding]] = [1: [.signaled(9), .signaled(9), .signaled(9)]]
    let launcher = Launcher(endings: endings, comesOn: true)
    let (outcome, _, _) = try await sweep(folder, launcher, ["lr=[1]"])
    #expect(launcher.calls.withLock { $0 } == [1, 1, 1, 1])
    #expect(outcome.failures.isEmpty)
    let stuck = Launcher(endings: endings)
    let (given, _, _) = try await sweep(try TemporaryFolder(), stuck, ["lr=[1]"])
    #expect(stuck.calls.withLock { $0 } == [1, 1])
    #expect(given.failures.count == 1)
  }

  private func refusal(
    _ first: Inputs, _ second: Inputs, _ arguments: ([String], [String])
  ) async throws -> String? {
    let folder = try TemporaryFolder()
    let (_, table, directory) = try await sweep(
      folder, Launcher(), arguments.0, Preparation(inputs: first))
    do {
      _ = try await sweep(folder, Launcher(), arguments.1, Preparation(inputs: second))
      return nil
    } catch let error as InputError {
      #expect(error.diagnostics[0].hint?.contains("--new starts another sweep") == true)
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.file("trials"))
      #expect(names.sorted() == table.rows.map(\.directory).sorted())
      return error.diagnostics[0].message
    }
  }

  @Test func trialsOnOtherInputsAreNotRankedTogether() async throws {
    let added = (["lr=[1,2]"], ["lr=[1,2,3]"])
    let digits = Inputs()
    #expect(try await refusal(digits, digits, added) == nil)
    #expect(
      try await refusal(digits, Inputs(dataset: ("mnist", "2")), added)
        == "trial 1 used 'digits', but this one would use 'mnist'")
    #expect(
      try await refusal(digits, Inputs(dataset: ("digits", "2")), added)
        == "trial 1 used other files of 'digits' than those present now")
    #expect(
      try await refusal(
        Inputs(weights: ("random", nil)), Inputs(weights: ("imagenet", "3")), added)
        == "trial 1 started from the weights 'random', but this one would start from 'imagenet'")
    // Nothing is left to do, nothing is refused.
    #expect(
      try await refusal(digits, Inputs(dataset: ("mnist", "2")), (added.0, added.0)) == nil)
  }

  @Test func otherInputsThatWereAskedForAreFine() async throws {
    let arguments = (["dataset=[digits]", "lr=[1]"], ["dataset=[digits,mnist]", "lr=[1]"])
    #expect(try await refusal(Inputs(), Inputs(dataset: ("mnist", "2")), arguments) == nil)
  }

  @Test func anInterruptedPreparationLeavesNothing() async throws {
    let folder = try TemporaryFolder()
    let (outcome, _, directory) = try await sweep(
      folder, Launcher(), ["lr=[1,2]"], Preparation(stop: Interrupts(.none)))
    #expect(outcome.ending == .interrupted)
    #expect(outcome.failures.isEmpty)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.file("trials")).isEmpty)
  }

  /// 130: the trial's process had hardly begun.
  @Test(arguments: [TrialEnding.exited(75), .exited(130), .signaled(9)])
  func whatAPersonEndsHasNotFailed(_ ending: TrialEnding) async throws {
    let folder = try TemporaryFolder()
    let launcher = Launcher(endings: [1: [ending]], stop: Interrupts(.none))
    let (outcome, _, _) = try await sweep(folder, launcher)
    #expect(launcher.calls.withLock { $0 } == [1])
    #expect(outcome.ending == .interrupted)
    #expect(outcome.failures.isEmpty)
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
