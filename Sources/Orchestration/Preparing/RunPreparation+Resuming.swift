import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import WorkerProtocol

extension RunPreparation {
  /// Records that a run resumes in a different environment, as allowed by the user.
  ///
  /// - Parameter parts: the directories of the run and its folds. The identity stays the same: it
  ///   describes what was requested, and the warnings in `run.json` describe what changed.
  func adopt(
    _ engine: EngineDescription, _ differences: [RecordedEnvironment.Difference],
    in parts: [RunDirectory]
  ) async throws {
    let changed = Set(differences.map(\.part))
    let inputs = changed.contains(.data) ? try await acquireInputs() : nil
    let files = changed.contains(.data) ? try plan.decidingFiles() : []
    let device = try device(engine)
    for part in parts {
      var info = try part.readInfo()
      if changed.contains(.program) { info.versions = RunInfo.Versions(libtorch: engine.libtorch) }
      if changed.contains(.machine) {
        info.cpu = Machine.processor
        info.cpuCapability = engine.cpuCapability
        info.host = HostName.current
        if !engine.devices.contains(info.device) { info.device = device }
      }
      if let inputs {
        info.dataset = RunInfo.Dataset(
          inputs.dataset, requested: plan.experiment.data.dataset.name)
        if plan.weights != nil { info.weights = inputs.weights }
        info.files = files.isEmpty ? nil : files
      }
      let adopted = changed.subtracting([.machine]).map(\.rawValue)
      info.adopted = Set(info.adopted ?? []).union(adopted).sorted()
      for warning in context.recordedWarnings where !info.warnings.contains(warning) {
        info.warnings.append(warning)
      }
      try part.write(json: info, to: "run.json")
    }
  }

  /// Records the engine of this machine, which may not be the one that prepared the run. Does nothing if the
  /// run has already started.
  func settle(_ engine: EngineDescription, in part: RunDirectory) throws {
    var info = try part.readInfo()
    guard info.status == .queued else { return }
    info.host = HostName.current
    info.cpu = Machine.processor
    info.cpuCapability = engine.cpuCapability
    info.device = try device(engine)
    try part.write(json: info, to: "run.json")
  }
}
