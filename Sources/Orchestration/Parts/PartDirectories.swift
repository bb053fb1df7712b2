import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Planning
import RunRecord

/// Creates the directories of a run's folds or seeds.
package struct PartDirectories {
  let run: RunDirectory
  let plan: Plan
  let parts: Experiment.Parts

  package init(run: RunDirectory, plan: Plan, parts: Experiment.Parts) {
    self.run = run
    self.plan = plan
    self.parts = parts
  }

  /// Creates all directories, in order. Existing ones from an earlier start are not changed.
  package func prepare() throws -> [RunDirectory] {
    let info = try run.readInfo()
    return try (1...parts.count).map { number in
      let name = parts.directory(number)
      let part = run.part(name)
      if part.isFile("run.json") { return part }
      try run.folder.createFolder(name)
      var own = info
      own.status = .queued
      own.warnings = []
      switch parts {
      case .folds:
        own.fold = number
        own.leakage = info.leakage?.part(fold: number)
        try part.write([run.bytes(of: "resolved.yaml")], to: "resolved.yaml")
      case .seeds(let seeds):
        try prepare(part, seed: seeds[number - 1], &own)
        own.repetition = number
        own.leakage = info.leakage?.part(seed: seeds[number - 1])
      }
      try linkModules(to: part)
      try part.write(json: own, to: "run.json")
      return part
    }
  }

  /// Gives a part the TorchScript files of the run, so that it can be used without the run.
  private func linkModules(to part: RunDirectory) throws(FileError) {
    guard run.isFolder(RunInfo.modules) else { return }
    for name in try run.folder.names(in: RunInfo.modules) {
      let path = "\(RunInfo.modules)/\(name)"
      if !part.isFile(path) {
        try run.folder.link(path, of: run.folder, to: "\(part.name)/\(path)")
      }
    }
  }

  /// Prepares a seed's directory with exactly the contents of a run of this seed alone.
  private func prepare(_ part: RunDirectory, seed: UInt64, _ info: inout RunInfo) throws {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, overrides: ["seed=\(seed)", "train.seeds=1"],
      processors: ProcessInfo.processInfo.activeProcessorCount, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    info.seed = seed
    let identity = try Identity(
      configuration: plan.loaded.resolved, dataset: info.dataset.fingerprint,
      weights: info.weights.map { $0.sha256 ?? $0.used }, libtorch: info.versions.libtorch,
      files: (info.files ?? []).hashes, parent: info.identifiedBy?.parent)
    (info.identity, info.identifiedBy) = (identity.hex, identity.parts)
    info.adopted = nil
    try part.write(
      ResolvedYAML.render(plan.loaded.resolved, source: plan.loaded.source), to: "resolved.yaml")
  }
}
