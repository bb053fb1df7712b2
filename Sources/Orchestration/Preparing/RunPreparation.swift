import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import Planning
import RunRecord
import Weights
import WorkerProtocol

/// Prepares a run directory that any worker can execute, from a checked plan.
package struct RunPreparation {
  let plan: Plan
  private let source: [UInt8]
  let path: String
  let context: RunContext
  /// Whether another machine computes, whose devices are unknown here.
  package var isElsewhere = false
  /// The text of `resolved.yaml`; `nil` to render the experiment.
  var resolvedText: String?
  /// The run that the new run continues.
  var parent: RunInfo.Parent?
  /// The parent's record of the evaluation examples on which its initial weights were trained.
  var parentLeakage: RunInfo.Leakage?
  /// Whether the result is the same as that of a run without a parent.
  var isExactContinuation = true
  /// Whether the user interrupted the program. Ctrl-C also ends downloads, and an interrupted
  /// download must not trigger a fallback.
  package var isInterrupted: @Sendable () async -> Bool = { false }

  /// - Parameters:
  ///   - source: the contents of the experiment file, byte for byte.
  ///   - path: the path of that file.
  package init(_ plan: Plan, source: [UInt8], path: String, _ context: RunContext) {
    self.plan = plan
    self.source = source
    self.path = path
    self.context = context
  }

  package init(_ plan: Plan, experimentPath: String, _ context: RunContext) throws {
    self.init(
      plan, source: try FileReading.bytes(of: experimentPath), path: experimentPath, context)
  }

  /// The inputs of a run, located or downloaded.
  package struct Inputs: Sendable {
    let dataset: AcquiredDataset
    let weights: RunInfo.Weights?
    let git: GitState?
  }

  /// Creates the run directory with everything that is known before the first step.
  ///
  /// - Parameter create: creates the directory for an identity.
  package func prepare(
    _ inputs: Inputs, _ engine: EngineDescription,
    create: (Identity) throws -> RunDirectory
  ) throws -> RunDirectory {
    let device = try device(engine)
    let weights = inputs.weights
    let leakage = try plan.leakage(of: weights, on: inputs.dataset)
    if let warning = leakage?.warning(.weights), let path = weights?.path {
      context.warn(warning, because: "the weights are \(path)")
    }
    let taught = try plan.teacher.flatMap {
      try plan.leakage(ofWeights: $0.weights, on: inputs.dataset)
    }
    if let warning = taught?.warning(.teacher), let teacher = plan.teacher {
      context.warn(warning, because: "the teacher is \(teacher.run.path)")
    }
    let files = try plan.decidingFiles()
    let identity = try Identity(
      configuration: plan.loaded.resolved, dataset: inputs.dataset.fingerprint,
      weights: weights?.sha256 ?? weights?.used, libtorch: engine.libtorch, files: files.hashes,
      parent: isExactContinuation
        ? nil : parent.map { Identity.Parent(identity: $0.identity, epochs: $0.epochs) })
    let run = try create(identity)
    do {
      try run.write([source], to: "experiment.yaml")
      try run.write(
        resolvedText ?? ResolvedYAML.render(plan.loaded.resolved, source: plan.loaded.source),
        to: "resolved.yaml")
      try plan.keepModules(in: run)
      if let patch = inputs.git?.patch { try run.write([patch], to: "source.patch") }
      var info = info(inputs, engine, identity, device)
      info.leakage = RunInfo.Leakage.combined(leakage, taught) ?? parentLeakage
      info.files = files.isEmpty ? nil : files
      info.parent = parent
      try run.write(json: info, to: "run.json")
    } catch {
      // Without run.json, it would only look like a run directory.
      run.remove()
      throw error
    }
    return run
  }

  private func info(
    _ inputs: Inputs, _ engine: EngineDescription, _ identity: Identity, _ device: String
  ) -> RunInfo {
    let experiment = plan.experiment
    var info = RunInfo(
      status: .queued, identity: identity.hex, name: experiment.name, seed: experiment.seed,
      command: CommandLine.arguments, git: inputs.git?.source,
      dataset: RunInfo.Dataset(inputs.dataset, requested: experiment.data.dataset.name),
      weights: inputs.weights, versions: RunInfo.Versions(libtorch: engine.libtorch),
      host: HostName.current, cpu: Machine.processor, cpuCapability: engine.cpuCapability,
      device: device, threads: experiment.threads, precision: experiment.precision.rawValue,
      warnings: context.recordedWarnings,
      started: UTCTime.iso(UTCTime.now()))
    info.identifiedBy = identity.parts
    return info
  }

  /// The device of the run, after checking that it supports the precision.
  func device(_ engine: EngineDescription) throws -> String {
    let found = try foundDevice(engine)
    try plan.check(device: found)
    return found
  }

  private func foundDevice(_ engine: EngineDescription) throws -> String {
    let asked = plan.experiment.device
    if asked == "auto" {
      if let problem = engine.cudaProblem {
        context.warn(
          "the CUDA library was found but cannot be used; this run uses the CPU", because: problem)
      }
      return engine.automaticDevice
    }
    let wanted = asked == "cuda" ? "cuda:0" : asked
    guard isElsewhere || engine.devices.contains(wanted) else {
      throw InputError(
        "there is no device '\(asked)'; this machine has "
          + engine.devices.joined(separator: ", "),
        at: plan.loaded.resolved["device"]?.range)
    }
    return wanted
  }
}
