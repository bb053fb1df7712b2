import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Orchestration
import Planning
import Reporting
import RunRecord
import Synchronization
import TestSupport
import WorkerProtocol

/// A folder with a small data set, experiments on it, and scripts in place of the worker.
final class Workplace {
  let folder: TemporaryFolder
  var path: String { folder.path }
  /// What is written to standard error.
  let console = Console()

  final class Console: Sendable {
    private let state = Mutex("")
    private let onWrite = Mutex<(@Sendable (String) -> Void)?>(nil)

    var text: String { state.withLock { $0 } }

    /// Calls `action` for everything that is written from now on.
    func watch(_ action: @escaping @Sendable (String) -> Void) { onWrite.withLock { $0 = action } }

    func write(_ text: String) {
      state.withLock { $0 += text }
      onWrite.withLock { $0 }?(text)
    }
  }

  init() throws {
    folder = try TemporaryFolder()
    try writeData("data")
  }

  /// Writes four IDX files with images of 4×4 in four classes.
  ///
  /// - Parameter brightness: of every image; another one makes another data set.
  func writeData(_ name: String, brightness: UInt8 = 100) throws {
    let data = "\(path)/\(name)"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    for (prefix, count) in [("train", 80), ("t10k", 20)] {
      let labels = (0..<count).map { UInt8($0 % 4) }
      let pixels = (0..<count).flatMap { index in
        (0..<16).map { UInt8(truncatingIfNeeded: index * 7 + $0) &+ brightness }
      }
      try IDX.write(
        IDXArray(shape: [count, 4, 4], bytes: pixels), to: "\(data)/\(prefix)-images-idx3-ubyte")
      try IDX.write(
        IDXArray(shape: [count], bytes: labels), to: "\(data)/\(prefix)-labels-idx1-ubyte")
    }
  }

  /// The experiment, to which tests add lines.
  var experiment: String {
    """
    name: small
    seed: 7
    data:
      dataset:
        idx: {folder: \(path)/data, classes: 4, height: 4, width: 4}
      batch_size: 16  # of 64 examples
    model: [flatten, {linear: 4}]
    train: {epochs: 3}
    metrics: [accuracy]

    """
  }

  /// Writes an experiment and checks it.
  func plan(_ overrides: [String] = [], experiment: String? = nil) throws -> Plan {
    let file = try folder.write(Array((experiment ?? self.experiment).utf8), "small.yaml")
    return try ExperimentRequest(file, overrides: overrides, commands: ["run"], environment: [:])
      .plan().0
  }

  /// - Parameter worker: a script in place of the worker.
  func context(worker: String? = nil) throws -> RunContext {
    let console = console
    let terminal = Terminal(environment: [:], isTerminal: false, sink: { console.write($0) })
    return RunContext(
      environment: try environment(worker: worker),
      reporter: ConsoleReporter(terminal, isQuiet: false))
  }

  func environment(worker: String? = nil) throws -> [String: String] {
    var environment = [
      "HOME": path, "RUNNER_CACHE": path + "/cache", "RUNNER_MNIST_MIRRORS": "http://127.0.0.1:9",
    ]
    if let worker {
      let script = try folder.write(Array("#!/bin/sh\n\(worker)\n".utf8), "worker.sh")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
      environment["RUNNER_WORKER"] = script
    }
    return environment
  }

  static let engine = EngineDescription(
    libtorch: "2.13.0", cpuCapability: "AVX2", devices: ["cpu"], automaticDevice: "cpu",
    cudaProblem: nil)

  /// The line of a script that sends an event.
  static func send(_ event: WorkerEvent) throws -> String {
    "echo '\(String(decoding: try JSONText.encode(event), as: UTF8.self))'"
  }

  /// The beginning of a script: the worker says what it computes with and waits for a request; it is done
  /// where none comes.
  static var opening: String {
    get throws { try send(.engine(engine)) + "\nread -r request || exit 0" }
  }

  /// A run directory in `runs`, ready for its first step.
  func prepare(_ plan: Plan) async throws -> RunDirectory {
    let preparation = try RunPreparation(
      plan, experimentPath: path + "/small.yaml", try context())
    let inputs = try await preparation.acquireInputs()
    let run = try preparation.prepare(inputs, Self.engine) { identity in
      try RunDirectory.create(in: path + "/runs", name: plan.experiment.name, identity: identity)
    }
    if let parts = plan.experiment.parts {
      _ = try PartDirectories(run: run, plan: plan, parts: parts).prepare()
    }
    return run
  }

  /// Makes of a prepared run one that has finished, as far as its files are not read: with weights of each
  /// model and a summary.
  func finish(_ run: RunDirectory) throws {
    let parts = RunParts.all(of: run)
    for model in parts.isEmpty ? [run] : parts {
      try FileManager.default.createDirectory(
        atPath: model.file("weights"), withIntermediateDirectories: true)
      try model.write("weights of \(model.name)", to: "weights/best.safetensors")
    }
    try run.write("{}", to: "summary.json")
    let manifest = try Manifest.write(for: run)
    for directory in [run] + parts {
      var info = try directory.readInfo()
      info.status = .finished
      if directory.path == run.path { info.manifest = manifest }
      try directory.write(json: info, to: "run.json")
    }
  }
}

/// The first diagnostic of the error that `body` throws; `nil` if it throws none.
func refusal(_ body: () async throws -> Void) async -> Diagnostic? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? InputError)?.diagnostics.first
      ?? Diagnostic(.error, "\(type(of: error)): \(error)", at: nil)
  }
}
