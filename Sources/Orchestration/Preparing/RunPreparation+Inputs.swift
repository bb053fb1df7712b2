import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord

extension RunPreparation {
  /// - Parameter recorded: the record of an earlier run whose inputs to use exclusively; `nil` for
  ///   none.
  package func acquireInputs(_ recorded: RunInfo? = nil) async throws -> Inputs {
    if let recorded { return try await acquireInputs(of: recorded) }
    let dataset = try await acquireDataset()
    let weights = try await acquireWeights()
    let git = await GitState.read(besides: path)
    if let problem = git?.problem { context.warn(problem, because: "source.patch is left out") }
    return Inputs(dataset: dataset, weights: weights, git: git)
  }

  /// Locates moved files as for a new run, and refuses files with different contents.
  private func acquireInputs(of recorded: RunInfo) async throws -> Inputs {
    let git = await GitState.read(besides: path)
    try checkFiles(of: recorded)
    var weights = recorded.weights
    if let path = weights?.path, !RunCatalog.isFile(path) {
      weights = try await acquireWeights()
      guard weights?.sha256 == recorded.weights?.sha256 else {
        throw InputError("the weights that the run started from are missing: \(path)")
      }
    }
    if recorded.dataset.files.allSatisfy({ RunCatalog.isThere($0.path) }) {
      return Inputs(dataset: try dataset(of: recorded), weights: weights, git: git)
    }
    let dataset = try await acquireDataset()
    guard dataset.fingerprint == recorded.dataset.fingerprint else {
      throw InputError(
        "the data that the run used ('\(recorded.dataset.used)') is missing; '\(dataset.name)' has "
          + "different files")
    }
    return Inputs(dataset: dataset, weights: weights, git: git)
  }

  /// The inputs of a run whose files are known to be unchanged. The weights may be missing, since
  /// its checkpoint contains them.
  func inputs(of recorded: RunInfo) async throws -> Inputs {
    try checkFiles(of: recorded)
    return Inputs(
      dataset: try dataset(of: recorded), weights: recorded.weights,
      git: await GitState.read(besides: path))
  }

  private func dataset(of recorded: RunInfo) throws -> AcquiredDataset {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return try AcquiredDataset(
      recorded.dataset, in: RunDirectory(path: folder.joined(separator: "/")))
  }

  /// - Throws: ``InputError`` at the line that names a file whose contents changed.
  private func checkFiles(of recorded: RunInfo) throws {
    let hashes = (recorded.files ?? []).hashes
    for file in try plan.decidingFiles() {
      guard let hash = hashes[file.key], hash != file.sha256 else { continue }
      throw InputError(
        "the contents of \(file.path) have changed since the run started",
        at: plan.loaded.resolved.decidingPaths.first { $0.key == file.key }?.range,
        hint: "\(file.key) affects the result; restore the file")
    }
  }

  private func acquireDataset() async throws -> AcquiredDataset {
    let environment = DataEnvironment(
      variables: context.environment, workingDirectory: PathResolution.workingDirectory)
    let requested = plan.experiment.data.dataset
    if let folder = environment.missingDataFolder {
      context.warn("RUNNER_DATA is not used", because: "\(folder) is not a folder")
    }
    let progress = DownloadConsole(context.reporter)
    do {
      return try await plan.dataset.acquire(environment: environment, progress: progress.show)
    } catch let error as DataError {
      guard error.kind == .unavailable, let fallback = plan.fallback,
        let component = plan.experiment.data.fallback
      else { throw InputError("\(error)", at: requested.origin.range) }
      if await isInterrupted() { throw QuietExit(ExitStatus.interrupted) }
      context.warn(
        "'\(requested.name)' is not available; this run uses '\(component.name)' instead",
        because: error.reason)
      do {
        return try await fallback.acquire(environment: environment, progress: progress.show)
      } catch let error as DataError {
        throw InputError("\(error)", at: component.origin.range)
      }
    }
  }

  /// Checks that the examples can be split as the experiment requires, which depends on their
  /// labels. Warns about settings that do not suit their number.
  ///
  /// - Throws: ``InputError`` at the setting that does not fit.
  func checkSplit(of inputs: Inputs) throws {
    do {
      for warning in try plan.check(plan.open(.train, of: inputs.dataset)) {
        context.warn(warning.message, because: warning.range.map { "\($0)" } ?? "the experiment")
      }
    } catch let error as DataError {
      throw InputError("\(error)", at: plan.experiment.data.dataset.origin.range)
    }
  }
}
