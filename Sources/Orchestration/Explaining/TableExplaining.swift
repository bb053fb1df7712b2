import DataExplanationViews
import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Reporting
import RunRecord
import TableEffects
import WorkerProtocol

/// Explains how the models of a run use the columns of their table.
package struct TableExplaining {
  package var examples: ExplainedExamples
  /// How often each column is permuted.
  package var repeats = 10
  /// Files of tables whose rows are explained one by one.
  package var files: [String] = []

  /// The most columns whose partial dependence is shown.
  private static let mostDependences = 24
  /// The examples that are drawn one by one.
  private static let lines = 50

  /// - Parameter split: the validation examples, or the test examples of a run without any, if left out.
  /// - Throws: ``InputError`` if the run has no such models.
  package init(
    _ run: RunDirectory, weights: String, _ choice: PredictionModels.Choice,
    split: PredictionRequest.Examples.Split?, environment: [String: String]
  ) throws {
    let split = try split ?? ExplainedExamples.standardSplit(of: run)
    if case .any = choice, let first = RunParts.all(of: run).first,
      RunParts.kind(first.name) == .seed
    {
      throw InputError(
        "the run '\(run.path)' has a model for each seed, and an explanation is about one",
        hint: "--seed N selects it")
    }
    let models = try PredictionModels(run, weights: weights, part: choice, split: split)
    examples = ExplainedExamples(models, split, environment: environment)
    guard case .vector = models.plan.dataset.dataSchema.input.kind else {
      throw InputError(
        "the run's model takes \(models.plan.dataset.dataSchema.input.kind), not the columns of a "
          + "table")
    }
    if models.members.count > 1, models.method == .ensemble {
      throw InputError(
        "the run has \(models.members.count) models that answer \(split.rawValue) examples together, "
          + "each with its own encoding of the table",
        hint:
          "--split validation explains each fold's model on the examples that it did not train on; "
          + "--fold N selects one")
    }
  }

  private var models: PredictionModels { examples.models }

  /// Whether a run's model is given the columns of a table, or other vectors.
  package static func takesTable(_ run: RunDirectory) throws -> Bool {
    if case .vector = try ExplainedExamples.plan(of: run).dataset.dataSchema.input.kind {
      return true
    }
    return false
  }

  /// Runs a worker, prints the importances and writes the page.
  package func answer() async throws {
    let output = try DataExplanationFiles(examples.folder, name: "table")
    let terminal = Terminal(environment: examples.environment)
    var found: TableExplanation?
    var notes: [String] = []
    let steps = StepLine(terminal)
    let (record, warnings) = try await examples.ask(terminal) {
      .explainTable(
        TableExplanationRequest(
          $0, repeats: repeats, dependences: Self.mostDependences, lines: Self.lines, files: files))
    } receive: { event in
      guard let event else { return steps.clear() }
      guard case .tableExplanation(let part) = event else { return }
      switch part {
      case .progress(let done, let count): steps.show("explanation", done, of: count)
      case .note(let text): notes.append(text)
      case .finished(let explanation): found = explanation
      }
    }
    guard let found else { throw ProgramFault("the worker ended without a result") }
    let view = TableExplanationView(
      run: models.run.name, dataset: record.used, split: examples.split.rawValue, models: modelText,
      explanation: found, warnings: warnings + notes)
    let tables = try output.write(
      page: TableExplanationPage.render(view),
      tables: [("-importances", view.importanceCSV), ("-dependences", view.dependenceCSV)])
    try examples.print(
      view.json, view.text + "\n  \(output.page)\n", page: output.page, tables: tables)
  }

  /// Which models answer; `nil` for the only one.
  private var modelText: String? {
    if models.members.count > 1 {
      return "each of \(models.members.count) models on the examples that it did not train on"
    }
    return models.partName?.replacing("-", with: " ")
  }
}
