import DataSchema
import Diagnostics
import ExperimentConfig
import ImageColor
import Planning
import Reporting
import RunRecord
import Tasks
import Transforms
import WorkerProtocol

/// One call of `runner predict`: what to predict, with which models, and how to output the results.
package struct PredictionQuery {
  /// What to predict.
  package enum Subject {
    /// Image files.
    ///
    /// - Parameter top: the number of classes to show; `nil` for three.
    case images([String], background: Background, top: Int?)
    /// - Parameters:
    ///   - name: the name of the data set; `nil` for the run's own, or for the one in `folder`.
    ///   - split: the split; `nil` for the test set.
    ///   - limit: the maximum number of examples.
    case dataset(
      name: String?, folder: String?, split: PredictionRequest.Examples.Split?, limit: Int?)
  }

  private let subject: Subject
  private let models: PredictionModels
  private let environment: [String: String]
  /// Inverts the images first.
  package var isInverted = false
  /// The views of each image whose predictions are averaged; `nil` for the image alone.
  package var views: ImageViews?
  /// The tiles in which each image file is answered; `nil` for images as a whole.
  package var tiling: PredictionRequest.Tiling?
  /// The CSV file for the predictions; `nil` for none.
  package var csv: String?
  package var printsJSON = false

  /// - Throws: ``InputError`` if the run has no such models.
  package init(
    _ subject: Subject, of run: RunDirectory, weights: String, _ choice: PredictionModels.Choice,
    environment: [String: String]
  ) throws {
    self.subject = subject
    self.environment = environment
    let split: PredictionRequest.Examples.Split? =
      if case .dataset(_, _, let split, _) = subject { split ?? .test } else { nil }
    models = try PredictionModels(run, weights: weights, part: choice, split: split)
  }

  /// Runs a worker and prints its predictions.
  ///
  /// - Throws: ``InputError``, also if some of several images cannot be read, after printing the
  ///   others.
  package func answer() async throws {
    let outputs = models.layout.outputs.count
    if case .images(_, _, let top?) = subject, top > outputs {
      throw InputError(
        "--top \(top) is too many: the run's model predicts \(models.plan.task.target.kind)")
    }
    if let csv { try Self.refuseRecord(csv) }
    let terminal = Terminal(environment: environment)
    var session = PredictionSession(
      models: models, isInverted: isInverted, views: views, environment: environment,
      terminal: terminal)
    session.tiling = tiling
    switch subject {
    case .dataset(let name, let folder, let split, let limit):
      let source = PredictionDataset(
        name: name, folder: folder, models: models, environment: environment,
        terminal: terminal)
      let (examples, answer) = try await session.ask {
        () -> (PredictionRequest.Examples, PredictionRequest.Input) in
        let examples = try self.examples(
          of: await source.acquire(), isNamed: name != nil || folder != nil, split ?? .test,
          limit: limit)
        return (examples, .examples(examples))
      }
      let output = DatasetPrediction(models, examples, answer, views: views)
      try output.write(csv: csv, json: printsJSON, on: terminal)
    case .images(let images, let background, let top):
      let (_, answer) = try await session.ask { ((), .images(images, background: background)) }
      var output = ImagePredictions(
        models, answer, top: top ?? min(3, models.layout.outputs.count), views: views)
      output.isTiled = tiling != nil
      try output.write(
        csv: csv, json: printsJSON, on: StandardOutput.terminal(environment: environment))
      if let error = output.error { throw error }
    }
  }

  /// - Throws: ``InputError`` if the data set has no such split, or the models cannot predict it.
  private func examples(
    of record: RunInfo.Dataset, isNamed: Bool, _ split: PredictionRequest.Examples.Split,
    limit: Int?
  ) throws -> PredictionRequest.Examples {
    // The same data count, whatever their location and name. A data set given by name is used
    // whole, except for the validation split, which only the run's own data has.
    let isSame = record.fingerprint == models.info.dataset.fingerprint
    let isOwn = isSame && (!isNamed || split == .validation)
    if split == .validation, !isOwn {
      throw InputError(
        "--split validation is part of the run's own data, but '\(record.used)' is not",
        hint: "--split test or --split train")
    }
    if split == .train, isOwn, models.members.count > 1 {
      throw InputError(
        "--ensemble cannot predict training examples: the \(models.members.count) models were "
          + "trained on different ones", hint: "--fold N or --seed N selects one model")
    }
    return PredictionRequest.Examples(
      dataset: record, split: split, isOwn: isOwn, limit: limit)
  }

  /// Refuses to overwrite files recorded by a run.
  private static func refuseRecord(_ path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if RunCatalog.isFile("\(folder)/run.json") {
      throw InputError(
        "--csv \(path) is inside a run directory, whose files are the record of that run",
        hint: "write it elsewhere")
    }
    if RunCatalog.isFolder(path) { throw InputError("--csv \(path) is a folder") }
  }
}
