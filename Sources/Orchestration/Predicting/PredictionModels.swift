import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Tasks
import Weights
import WorkerProtocol

/// The models of a finished run that are used for prediction.
package struct PredictionModels {
  package let run: RunDirectory
  package let plan: Plan
  /// The task, with the combined fitted state of the models; without it for out-of-fold
  /// predictions, where each model uses its own.
  package let task: any Task
  package let info: RunInfo
  /// The models in the order of the folds or seeds.
  package let members: [PredictionRequest.Model]
  package let method: PredictionRequest.Method
  /// The number of the fold or seed, starting at 1, whose model is used; 0 for all models or a run
  /// with a single training.
  package let part: Int
  /// The directory name of that part, `fold-2` or `seed-43`.
  package let partName: String?
  /// The directory that declares the models' plan: the run, or the one fold or seed.
  package let directory: RunDirectory

  /// The columns of a prediction.
  package var layout: PredictionLayout {
    task.layout(plan.loss.link)
  }

  /// The run's device, or the CPU if this machine does not have it, with warnings about that and about a precision that
  /// the device does not support.
  func device(_ engine: EngineDescription) -> (device: String, warnings: [String]) {
    var (device, warnings) = (info.device, [String]())
    if !engine.devices.contains(device) {
      warnings.append("this machine has no device '\(device)', so the CPU is used")
      device = "cpu"
    }
    if let warning = plan.experiment.precision.predictionWarning(on: device) {
      warnings.append(warning)
    }
    return (device, warnings)
  }

  /// The model of a fold, starting at 1; `nil` if there is none.
  package func member(ofFold fold: Int) -> PredictionRequest.Model? {
    members.first { RunDirectory(path: $0.directory).name == "fold-\(fold)" }
  }

  /// - Parameter split: the split of a data set to predict; `nil` for images.
  /// - Throws: ``InputError`` if the run has no such models, or has not finished.
  package init(
    _ run: RunDirectory, weights: String, part: Choice,
    split: PredictionRequest.Examples.Split?
  ) throws {
    self.run = run
    info = try run.readInfo()
    try Self.refuseUnfinished(run, info)
    try RunVerification.check(run)
    let whole = try Self.plan(of: run)
    let parts = RunParts.all(of: run)
    let chosen = try Self.choose(run, parts, part, split, whole.experiment.data.split.range)
    let place = parts.firstIndex { $0.path == chosen.first?.path }
    let isOne = chosen.count == 1
    self.part = isOne ? place.map { $0 + 1 } ?? info.part ?? 0 : 0
    partName = self.part > 0 ? chosen[0].name : nil
    directory = isOne ? chosen[0] : run
    // A seed has its own split.
    plan = directory.path == run.path ? whole : try Self.plan(of: directory)
    method = !isOne && split == .validation ? .outOfFold : .ensemble
    members = try chosen.map {
      PredictionRequest.Model(directory: $0.path, weights: try Self.weights(weights, of: $0))
    }
    task = try Self.task(plan.task, chosen, method)
  }

  private static func task(
    _ task: any Task, _ chosen: [RunDirectory], _ method: PredictionRequest.Method
  ) throws -> any Task {
    guard task.fittedOption != nil, let name = type(of: task).fittedFile else { return task }
    for run in chosen { try checkUnchanged(name, of: run) }
    let fitted = try chosen.map { try $0.fitted(task) }
    return method == .outOfFold ? task : task.combined(fitted)
  }

  private static func plan(of run: RunDirectory) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return plan
  }

  private static func refuseUnfinished(_ run: RunDirectory, _ info: RunInfo) throws {
    switch info.status {
    case .finished: return
    case .failed:
      throw InputError(
        "the run '\(run.path)' has failed, so it has no model"
          + (info.failure.map { ": \($0)" } ?? ""))
    case .queued, .running, .interrupted:
      let status = RunStatus(recorded: info.status.rawValue, of: run)
      throw InputError(
        "the run '\(run.path)' has not finished (its status is '\(status.word)')",
        hint: "'runner resume \(run.path)' continues it, unless another process is running it")
    }
  }

  /// Which of several models to use.
  package enum Choice {
    case any, all
    case fold(Int)
    case seed(UInt64)

    fileprivate var option: String {
      switch self {
      case .any: ""
      case .all: "--ensemble"
      case .fold: "--fold"
      case .seed: "--seed"
      }
    }
  }

  /// - Parameter place: where the run's split is declared.
  private static func choose(
    _ run: RunDirectory, _ parts: [RunDirectory], _ choice: Choice,
    _ split: PredictionRequest.Examples.Split?, _ place: SourceRange?
  ) throws -> [RunDirectory] {
    guard let first = parts.first, let kind = RunParts.kind(first.name) else {
      if case .any = choice { return [run] }
      throw InputError(
        "'\(run.path)' has neither folds nor several seeds: it has one model",
        hint: "remove \(choice.option)")
    }
    let place = kind == .fold ? place : nil
    let name: String
    switch (choice, split) {
    case (.all, .validation):
      throw InputError(
        "--ensemble cannot predict validation examples: each is a training example of another of "
          + "the \(parts.count) models", at: place,
        hint: kind == .fold
          ? "without --ensemble each example is predicted by the model that did not train on it"
          : "--seed N selects one model")
    case (.all, _): return parts
    // As in the run's summary: the models of folds predict the test set as an ensemble, and each
    // predicts the validation examples on which it was not trained.
    case (.any, .test) where kind == .fold, (.any, .validation) where kind == .fold: return parts
    case (.any, _):
      throw InputError(
        "the run '\(run.path)' has \(parts.count) models, one for each \(kind)", at: place,
        hint: "--ensemble averages them, --\(kind) N selects one")
    case (.fold(let number), _): name = "fold-\(number)"
    case (.seed(let seed), _): name = "seed-\(seed)"
    }
    if let part = parts.first(where: { $0.name == name }) { return [part] }
    let numbers = parts.map { $0.name.dropFirst(kind.rawValue.count + 1) }
    throw InputError(
      "there is no \(name.replacing("-", with: " ")): the run '\(run.path)' has \(parts.count) "
        + "\(kind)s", at: place,
      hint: "--\(kind) takes \(numbers[0]) to \(numbers[numbers.count - 1])")
  }

  /// The path of a weights file, after checking that it is unchanged.
  private static func weights(_ name: String, of run: RunDirectory) throws -> String {
    // Folds and seeds are listed in the manifest of the parent directory.
    let entry = "weights/\(name).safetensors"
    guard try run.folder.kind(of: entry) != nil else {
      throw InputError("the run '\(run.path)' no longer has \(entry)")
    }
    let frozen = "weights/\(FrozenTensors.fileName)"
    if run.isFile(frozen) { try checkUnchanged(frozen, of: run) }
    return try checkUnchanged(entry, of: run)
  }

  /// The path of a file, after checking that it is unchanged since the run wrote it.
  @discardableResult
  private static func checkUnchanged(_ entry: String, of run: RunDirectory) throws -> String {
    let file = try run.open(entry)
    let recorded =
      try Manifest.hash(of: entry, in: run)
      ?? Manifest.hash(of: "\(run.name)/\(entry)", in: RunDirectory(path: run.file("..")))
    if let recorded, try Digest.hex(of: file) != recorded {
      throw FileError(
        path: file.path,
        reason: "is damaged: it does not match what the run wrote (\(Manifest.name))")
    }
    return file.path
  }
}
