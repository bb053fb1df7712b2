import ExperimentConfig
import Files
import FoundationEssentials
import Planning
import RunRecord
import Sweeping
import Synchronization
import TestSupport

/// A sweep over the learning rate whose trials are computed in this process.
struct SmallSweep {
  let folder: TemporaryFolder
  var arguments = ["lr=[1,2,3]"]
  var options = SweepEngine.Options()
  var preparation = SmallPreparation()
  var launcher = SmallLauncher()

  init() throws { folder = try TemporaryFolder() }

  struct Result {
    let outcome: SweepOutcome
    let table: SweepTable
    let directory: SweepDirectory
    let events: [SweepEvent]

    func trial(_ number: Int) -> RunDirectory {
      let row = table.rows.first { $0.trial == number }
      return RunDirectory(path: directory.file("trials/\(row?.directory ?? "none")"))
    }

    func row(_ number: Int) -> SweepTable.Row? { table.rows.first { $0.trial == number } }
  }

  func run(strategy: String? = nil, epochs: Int = 1) async throws -> Result {
    let path = folder.path + "/net.yaml"
    let text = """
      data: {dataset: digits, split: {validation: 0.2}}
      model: [flatten, linear: 10]
      train: {epochs: \(epochs)}

      """
    try folder.write(Array(text.utf8), "net.yaml")
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 2)
    let source = try loader.source(path)
    var wanted = SweepRequest.Options()
    wanted.strategy = strategy
    let request = try SweepRequest(arguments, options: wanted, source: source, loader: loader)
    let runs = folder.path + "/runs"
    let plan = try SweepPlan(
      request, experiment: path, source: source, command: [], environment: [:], processors: 2,
      runs: runs, isNew: false)
    let directory =
      try plan.directory ?? SweepDirectory.create(in: runs, name: "net", hash: plan.identity)
    try directory.write(plan.file)
    let events = Mutex<[SweepEvent]>([])
    let engine = SweepEngine(
      directory: directory, file: plan.file, planner: plan.planner, epochs: plan.epochs,
      preparation: preparation, launcher: launcher, options: options
    ) { event in events.withLock { $0.append(event) } }
    let outcome = try await engine.run()
    return Result(
      outcome: outcome, table: engine.table, directory: directory,
      events: events.withLock { $0 })
  }
}

struct SmallPreparation: TrialPreparation {
  /// Stands for any SHA-256.
  private static let hash = String(repeating: "0a", count: 32)

  /// What the directory of a trial records.
  static func info(
    _ status: RunInfo.Status, identity: String = hash, fingerprint: String = hash
  ) -> RunInfo {
    RunInfo(
      status: status, identity: identity, name: "net", seed: 0, command: [], git: nil,
      dataset: RunInfo.Dataset(
        requested: "digits", used: "digits", fingerprint: fingerprint,
        origin: "drawn", files: []), weights: nil, versions: RunInfo.Versions(libtorch: "2"),
      host: "here", cpu: "any", cpuCapability: "any", device: "cpu", threads: 1, warnings: [],
      started: "2026-01-01T00:00:00Z")
  }

  /// By trial: why it cannot be prepared.
  var errors: [Int: any Error] = [:]
  /// By trial: the fingerprint of its data.
  var fingerprints: [Int: String] = [:]

  func prepare(_ trial: TrialPlan, at path: String) async throws {
    if let error = errors[trial.number] { throw error }
    let info = Self.info(
      .queued, identity: trial.key, fingerprint: fingerprints[trial.number] ?? "f")
    try RunDirectory(path: path).write(json: info, to: "run.json")
  }
}

/// Finishes every trial at once; the validation loss is the trial's number.
struct SmallLauncher: TrialLauncher {
  var capacity = 1
  /// Trials whose loss is undefined, and what their summaries say of it.
  var undefined: [Int: String] = [:]
  /// Trials whose loss is infinite in every epoch.
  var diverged: Set<Int> = []

  func run(_ run: RunDirectory, untilEpoch: Int?, log: String) async throws -> TrialEnding {
    let name = run.path.split(separator: "/").last ?? ""
    let number = Int(name.prefix { $0 != "-" }) ?? 0
    let loss = diverged.contains(number) ? "1e999" : "\(number)"
    let lines = (1...(untilEpoch ?? 9)).map { epoch in
      diverged.contains(number)
        ? #"{"epoch": \#(epoch), "fold": 0}"#
        : #"{"epoch": \#(epoch), "fold": 0, "val_loss": \#(loss)}"#
    }
    try run.write(lines.map { $0 + "\n" }.joined(), to: "metrics.jsonl")
    if untilEpoch != nil { return .interrupted }
    var summary: [String: JSONValue] = [
      "status": "finished", "identity": "i", "dataset": "d", "epochs": 1, "best_epoch": 1,
      "parameters": ["total": 1, "trainable": 1], "test": ["loss": 0],
      "validation": ["loss": .integer(number), "accuracy": 0.5],
    ]
    if let reason = undefined[number] {
      summary["validation"] = ["accuracy": 0.5]
      summary["undefined"] = ["validation": ["loss": .string(reason)]]
    }
    try run.write(json: JSONValue.object(summary), to: "summary.json")
    try run.write("label\n", to: "predictions.csv")
    try Manifest.write(for: run)
    let text = try String(decoding: FileReading.bytes(of: run.file("run.json")), as: UTF8.self)
    try run.write(text.replacing("queued", with: "finished"), to: "run.json")
    return .done
  }

  func interrupt() {}
}
