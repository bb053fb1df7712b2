import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord

/// Which models of a finished run are asked.
struct PredictionModels {
  let run: RunDirectory
  let plan: Plan
  let info: RunInfo
  /// State dicts, in the order of the folds.
  let weights: [String]
  /// The one fold whose model is asked; 0 for a run without folds and for all folds.
  let fold: Int

  var classes: Int { plan.dataset.facts.classes }

  /// With this loss the model's outputs are no probabilities.
  var givesProbabilities: Bool { plan.experiment.loss.name != "mse" }

  /// - Throws: ``InputError`` where the run has no such models, or not yet.
  init(_ run: RunDirectory, weights: String, fold: Int?, ensemble: Bool) throws {
    self.run = run
    info = try run.readInfo()
    try Self.refuseUnfinished(run, info)
    plan = try Self.plan(of: run)
    let folds = FoldDirectory.all(of: run)
    let chosen = try Self.choose(
      run, folds, fold: fold, ensemble: ensemble, plan.experiment.data.split.range)
    self.fold = fold ?? info.fold ?? 0
    self.weights = try chosen.map { try Self.weights(weights, of: $0) }
  }

  private static func plan(of run: RunDirectory) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      run.file("resolved.yaml"), environment: [:], processors: 1, isTrained: true,
      diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return plan
  }

  private static func refuseUnfinished(_ run: RunDirectory, _ info: RunInfo) throws {
    switch info.status {
    case .finished: return
    case .failed:
      throw InputError(
        "the run '\(run.path)' has failed, so there is no model to ask"
          + (info.failure.map { ": \($0)" } ?? ""))
    case .queued, .running, .interrupted:
      throw InputError(
        "the run '\(run.path)' has not finished (its status is '\(info.status.rawValue)')",
        hint: "'runner resume \(run.path)' goes on with it, unless another process does")
    }
  }

  /// - Parameter place: where the run's split is written.
  private static func choose(
    _ run: RunDirectory, _ folds: [RunDirectory], fold: Int?, ensemble: Bool, _ place: SourceRange?
  ) throws -> [RunDirectory] {
    if folds.isEmpty {
      guard fold == nil, !ensemble else {
        throw InputError(
          "'\(run.path)' is not a run with folds: it has one model",
          hint: "leave out \(ensemble ? "--ensemble" : "--fold")")
      }
      return [run]
    }
    if ensemble { return folds }
    guard let fold else {
      throw InputError(
        "the run '\(run.path)' has \(folds.count) models, one for each fold",
        at: place, hint: "--ensemble averages them, --fold N takes one")
    }
    guard fold <= folds.count else {
      throw InputError(
        "there is no fold \(fold): the run '\(run.path)' has \(folds.count)",
        at: place, hint: "--fold takes 1 to \(folds.count)")
    }
    return [folds[fold - 1]]
  }

  /// The path of a state dict that is still what the run wrote.
  private static func weights(_ name: String, of run: RunDirectory) throws -> String {
    let path = run.file("weights/\(name).safetensors")
    guard RunCatalog.isFile(path) else {
      throw InputError("the run '\(run.path)' has no weights/\(name).safetensors any more")
    }
    // The manifest of folds lies one folder above.
    let entry = "weights/\(name).safetensors"
    let foldName = run.path.split(separator: "/").last.map(String.init) ?? ""
    let recorded =
      try Manifest.hash(of: entry, in: run)
      ?? Manifest.hash(of: "\(foldName)/\(entry)", in: RunDirectory(path: run.file("..")))
    if let recorded, try Digest.hex(ofFile: path) != recorded {
      throw FileError(
        path: path, reason: "is damaged: it is not what the run wrote (\(Manifest.name))")
    }
    return path
  }
}
