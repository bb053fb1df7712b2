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
  private let models: PredictionModels
  private let environment: [String: String]
  private let split: PredictionRequest.Examples.Split
  /// The most examples.
  package var limit = 2000
  /// How often each column is permuted.
  package var repeats = 10
  /// Files of tables whose rows are explained one by one.
  package var files: [String] = []
  /// The folder to write to.
  package var folder = "explanations"
  package var printsJSON = false

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
    self.environment = environment
    self.split = try split ?? ExplainedSplit.standard(of: run)
    if case .any = choice, let first = RunParts.all(of: run).first,
      RunParts.kind(first.name) == .seed
    {
      throw InputError(
        "the run '\(run.path)' has a model for each seed, and an explanation is about one",
        hint: "--seed N selects it")
    }
    models = try PredictionModels(run, weights: weights, part: choice, split: self.split)
    guard case .vector = models.plan.dataset.dataSchema.input.kind else {
      throw InputError(
        "the run's model takes \(models.plan.dataset.dataSchema.input.kind), not the columns of a "
          + "table")
    }
    if models.members.count > 1, models.method == .ensemble {
      throw InputError(
        "the run has \(models.members.count) models that answer \(self.split.rawValue) examples together, "
          + "each with its own encoding of the table",
        hint:
          "--split validation explains each fold's model on the examples that it did not train on; "
          + "--fold N selects one")
    }
  }

  /// Whether a run's model is given the columns of a table, or other vectors.
  package static func takesTable(_ run: RunDirectory) throws -> Bool {
    if case .vector = try ExplainedSplit.plan(of: run).dataset.dataSchema.input.kind { return true }
    return false
  }

  /// Runs a worker, prints the importances and writes the page.
  package func answer() async throws {
    let output = try DataExplanationFiles(folder, name: "table")
    let terminal = Terminal(environment: environment)
    let session = PredictionSession(
      models: models, isInverted: false, views: nil, environment: environment, terminal: terminal)
    let source = PredictionDataset(
      name: nil, folder: nil, models: models, environment: environment, terminal: terminal)
    var found: TableExplanation?
    var notes: [String] = []
    let bar = ExplainingBar(terminal)
    let (dataset, warnings) = try await session.converse {
      () -> (String, PredictionRequest.Input) in
      let record = try await source.acquire()
      return (
        record.used,
        .examples(
          PredictionRequest.Examples(dataset: record, split: split, isOwn: true, limit: limit))
      )
    } asking: {
      .explainTable(
        TableExplanationRequest(
          $0, repeats: repeats, dependences: Self.mostDependences, lines: Self.lines, files: files))
    } receive: { event in
      guard let event else { return bar.clear() }
      guard case .tableExplanation(let part) = event else { return }
      switch part {
      case .progress(let done, let count): bar.show(done, of: count, "columns")
      case .note(let text): notes.append(text)
      case .finished(let explanation): found = explanation
      }
    }
    guard let found else { throw ProgramFault("the worker ended without a result") }
    let view = TableExplanationView(
      run: models.run.name, dataset: dataset, split: split.rawValue, models: modelText,
      explanation: found, warnings: warnings + notes)
    let tables = try output.write(
      page: TableExplanationPage.render(view),
      tables: [("-importances", view.importanceCSV), ("-dependences", view.dependenceCSV)])
    if printsJSON {
      var object = view.json
      object["run"] = .string(models.run.path)
      object["part"] = models.partName.map(JSONValue.string) ?? .null
      object["page"] = .string(output.page)
      object["tables"] = .array(tables.map(JSONValue.string))
      try StandardOutput.write(json: JSONValue.object(object))
    } else {
      try StandardOutput.write(view.text + "\n  \(output.page)\n")
    }
  }

  /// Which models answer; `nil` for the only one.
  private var modelText: String? {
    if models.members.count > 1 {
      return "each of \(models.members.count) models on the examples that it did not train on"
    }
    return models.partName?.replacing("-", with: " ")
  }
}

/// The examples that an explanation is about if nobody says which.
enum ExplainedSplit {
  /// The validation examples, or the test examples of a run that holds none out.
  static func standard(of run: RunDirectory) throws -> PredictionRequest.Examples.Split {
    try plan(of: run).experiment.data.split.hasValidation ? .validation : .test
  }

  static func plan(of run: RunDirectory) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return plan
  }
}

/// Progress on a terminal, after a second.
final class ExplainingBar {
  private let terminal: Terminal
  private let start = ContinuousClock().now
  private var isShown = false

  init(_ terminal: Terminal) { self.terminal = terminal }

  func show(_ done: Int, of count: Int, _ noun: String) {
    guard terminal.isInteractive, start.duration(to: ContinuousClock().now) > .seconds(1) else {
      return
    }
    let bar = ProgressBar.render(Double(done) / Double(max(count, 1)), width: 20)
    terminal.write(
      "\r\u{1B}[2K  \(bar)  \(NumberText.grouped(done)) of \(NumberText.grouped(count)) \(noun)")
    isShown = true
  }

  func clear() {
    if isShown { terminal.write("\r\u{1B}[2K") }
    isShown = false
  }
}
