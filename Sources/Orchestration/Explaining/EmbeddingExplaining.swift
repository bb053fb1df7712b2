import DataExplanationViews
import DataSchema
import Diagnostics
import ExampleMaps
import ExperimentConfig
import FoundationEssentials
import PNGImage
import Planning
import Reporting
import RunRecord
import Tasks
import WorkerProtocol

/// Maps examples by what a run's model makes of them before its head decides.
package struct EmbeddingExplaining {
  package var examples: ExplainedExamples
  /// Of label sets, the one that colours the map; `nil` for the most frequent one.
  package var label: String?

  /// The most pictures on the page.
  private static let mostPictures = 1000
  /// The most examples of a map.
  package static let mostExamples = 20_000

  /// - Parameter split: the validation examples, or the test examples of a run without any, if left out.
  /// - Throws: ``InputError`` if the run has no such model, or several.
  package init(
    _ run: RunDirectory, weights: String, _ choice: PredictionModels.Choice,
    split: PredictionRequest.Examples.Split?, environment: [String: String]
  ) throws {
    if case .any = choice, let first = RunParts.all(of: run).first,
      let kind = RunParts.kind(first.name)
    {
      throw InputError(
        "the run '\(run.path)' has a model for each \(kind), whose features cannot be compared, and a map is of one",
        hint: "--\(kind) N selects it")
    }
    let models = try PredictionModels(run, weights: weights, part: choice, split: nil)
    examples = ExplainedExamples(
      models, try split ?? ExplainedExamples.standardSplit(of: run), environment: environment)
    let kind = models.plan.task.target.kind
    guard ExampleMap.isPossible(kind) else {
      throw InputError(
        "the run's model predicts \(kind); a map needs a class, labels or a number for each example"
      )
    }
  }

  private var models: PredictionModels { examples.models }

  /// What a worker answers.
  private struct Answer {
    var predictions: Predictions
    var features: EmbeddingFeatures?
    var components: [Float] = []
    var isWhole = false
  }

  /// Runs a worker, computes the map, prints what it says and writes the page.
  package func answer() async throws {
    try ExampleMap.check(label, models.task.target.kind)
    let output = try DataExplanationFiles(examples.folder, name: "map")
    let terminal = Terminal(environment: examples.environment)
    let (record, answer, warnings) = try await ask(terminal)
    guard answer.isWhole, let features = answer.features else {
      throw ProgramFault("the worker ended without a result")
    }
    let source = try source(record)
    let made = try ExampleMap(
      answer.predictions, models.task, features, components: answer.components,
      split: examples.split.rawValue, label: label,
      threads: ProcessInfo.processInfo.activeProcessorCount, name: source.name)
    guard var map = made else { throw ProgramFault("t-SNE was interrupted") }
    let sheet = try ThumbnailSheet(map, source, most: Self.mostPictures)
    map.pictured = sheet?.rows ?? []
    let (run, dataset) = (models.run.name, record.used)
    let tables = try output.write(
      page: EmbeddingPage.render(
        map, run: run, dataset: dataset, warnings: warnings, sheet: sheet?.image),
      tables: [("", map.csv)])
    try examples.print(
      map.json(run: run, dataset: dataset, warnings: warnings),
      map.lines(run: run, dataset: dataset).joined(separator: "\n")
        + "\n\n  \(output.page)\n  \(tables[0])\n",
      page: output.page, tables: tables)
  }

  private func ask(
    _ terminal: Terminal
  ) async throws -> (RunInfo.Dataset, Answer, warnings: [String]) {
    var answer = Answer(predictions: Predictions(models.layout))
    let steps = StepLine(terminal)
    let (record, warnings) = try await examples.ask(terminal) {
      .embed(EmbeddingRequest($0, components: ExampleMap.components))
    } receive: { event in
      guard let event else { return steps.clear() }
      guard case .embedding(let part) = event else { return }
      switch part {
      case .progress(let done, let count): steps.show("explanation", done, of: count)
      case .rows(let rows): answer.predictions.append(try predictions(rows))
      case .features(let features): answer.features = features
      case .components(let values): answer.components += values.values
      case .finished: answer.isWhole = true
      }
    }
    return (record, answer, warnings)
  }

  private func predictions(_ rows: PredictionRows) throws -> Predictions {
    guard let indices = rows.indices, let targets = rows.targets else {
      throw ProgramFault("the worker sent predictions without targets")
    }
    return Predictions(
      models.layout, folds: Array(repeating: models.part, count: indices.count), indices: indices,
      targets: targets, answers: rows.answers, outputs: rows.outputs)
  }

  private func source(_ record: RunInfo.Dataset) throws -> any ExampleSource {
    try models.plan.open(examples.split == .test ? .test : .train, of: record, in: models.directory)
  }
}
