import Diagnostics
import Downloads
import ExperimentConfig
import Files
import Graph
import Planning
import Pretrained
import RunRecord
import Weights

extension RunPreparation {
  func acquireWeights() async throws -> RunInfo.Weights? {
    guard let weights = plan.weights else { return nil }
    let name = weights.source.name
    if let path = weights.path {
      return try record(weights.source, path)
    }
    guard let model = weights.pretrained else { return nil }
    guard let published = PretrainedWeights.named(model) else {
      let known = PretrainedWeights.all.map(\.model).joined(separator: ", ")
      throw InputError(
        "there are no published weights for '\(model)'", at: weights.source.range,
        hint: "there are weights for \(known)")
    }
    let progress = DownloadConsole(context.reporter)
    do {
      let folders = LocalFolders(
        variables: context.environment, workingDirectory: PathResolution.workingDirectory)
      let found = try await published.acquire(in: folders) { progress.show($0) }
      return try record(weights.source, found.path)
    } catch let error as PretrainedError {
      guard error.kind == .unavailable, weights.source.fallsBackToRandom else {
        throw InputError("\(error)", at: weights.source.range)
      }
      if await isInterrupted() { throw QuietExit(ExitStatus.interrupted) }
      context.warn(
        "the weights '\(name)' of \(model) are not available; this run starts from random weights",
        because: "\(error)")
      return RunInfo.Weights(source: name, used: "random", path: nil, sha256: nil)
    }
  }

  /// Reads all weights to hash them and to check that none is NaN or infinite.
  private func record(_ source: WeightsSource, _ path: String) throws -> RunInfo.Weights {
    do {
      let file = try StateDictFile(reading: path)
      let match = try file.match(plan.graph, source)
      let sha256 = try file.sha256()
      if case .run = source.kind { try RecordedWeights.check(path, sha256: sha256) }
      for tensor in match.loaded { _ = try file.entry(tensor) }
      return RunInfo.Weights(
        source: source.name, used: source.name, path: path, sha256: sha256,
        notes: match.notes)
    } catch let error as FileError {
      throw InputError("\(error)", at: source.range)
    }
  }
}

extension WeightsSource {
  /// The source as named in the experiment.
  var name: String {
    switch kind {
    case .file(let path): path
    case .pretrained(let name): name
    case .run(let run, let epoch): "\(epoch.rawValue) of \(run)"
    }
  }
}
