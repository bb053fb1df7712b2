import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Reporting
import RunRecord
import Tasks

/// The data set to predict.
struct PredictionDataset {
  /// The name of the data set; `nil` for the run's own, or for the one in `folder`.
  let name: String?
  /// The folder of a data set in IDX format.
  let folder: String?
  let models: PredictionModels
  let environment: [String: String]
  let terminal: Terminal

  /// Locates the data set, and downloads or generates it if necessary.
  ///
  /// - Throws: ``InputError`` if it is unknown or has different classes than the run; ``DataError``
  ///   if it is not available.
  func acquire() async throws -> RunInfo.Dataset {
    let data = DataEnvironment(
      variables: environment, workingDirectory: PathResolution.workingDirectory)
    if let folder {
      let found = try await IDXFolder.acquire(folder: folder, environment: data)
      return RunInfo.Dataset(found, requested: "idx")
    }
    let own = models.info.dataset
    let name = self.name ?? own.used
    if name == own.used {
      let missing = own.files.first { !RunCatalog.isThere($0.path) }
      if missing == nil, !own.files.isEmpty { return own }
      if name == "idx" {
        throw InputError(
          "the run's data is missing: \(missing?.path ?? "no file is recorded")",
          hint: "if it has moved, give its new place: --dataset idx --folder DIR")
      }
      if let missing, DatasetRegistry.needsArguments(name) {
        throw InputError("the run's data is missing: \(missing.path)")
      }
    }
    if name == "idx" { throw InputError("--dataset idx needs --folder DIR") }
    let known = DatasetRegistry.schemas.map(\.name)
    guard known.contains(name), let dataset = try DatasetRegistry.make(named: name, in: data) else {
      throw InputError(
        "there is no data set '\(name)'",
        hint: Suggestion.hint(for: name, among: known)
          ?? "available: \(known.joined(separator: ", "))")
    }
    let (target, wanted) = (dataset.dataSchema.target, models.plan.task.target)
    guard target.kind.fits(wanted.kind) else {
      throw InputError(
        "'\(name)' has \(target.kind), but the run's model predicts \(wanted.kind)")
    }
    let console = DownloadConsole(ConsoleReporter(terminal, isQuiet: false))
    let found = try await dataset.acquire(environment: data, progress: console.show)
    return RunInfo.Dataset(found, requested: name)
  }
}
