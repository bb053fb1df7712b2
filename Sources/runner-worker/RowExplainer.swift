import DataSchema
import Datasets
import Diagnostics
import Planning
import RunRecord
import TableEffects
import Training
import WorkerProtocol

/// Explains rows of other tables one by one, against rows that the model was trained on.
struct RowExplainer {
  private let table: ExplainedTable
  private let plan: Plan
  private let fitted: [UInt8]?
  /// Encoded, [rows, width].
  private let background: [Float]

  /// The training rows whose values columns take.
  private static let mostBackground = 200
  /// The most rows of a file.
  static let mostRows = 100

  /// - Throws: `InputError` unless there is a single model.
  init(
    _ table: ExplainedTable, _ prediction: PredictionRequest, _ plan: Plan,
    _ whole: any ExampleSource
  ) throws {
    guard prediction.models.count == 1, case .examples(var examples) = prediction.input else {
      throw InputError(
        "the run has \(prediction.models.count) models, but rows are explained by one of them",
        hint: "--fold 1")
    }
    self.table = table
    self.plan = plan
    let model = prediction.models[0]
    fitted = try RunDirectory(path: model.directory).fittedInputs()
    examples.split = .train
    examples.limit = nil
    let source =
      try plan.open(.train, of: examples.dataset, in: prediction.run)
    let rows = try PredictionJob.indices(examples, plan, model, source)
    let chosen = ExampleSubset(source, rows: rows.evenly(Self.mostBackground))
    background = try TableExplanationJob.vectors(try fitted.map(chosen.applying) ?? chosen)
  }

  /// - Throws: `InputError` if the file cannot be read or has too many rows.
  func rows(of path: String) throws -> [RowExplanation] {
    let inputs: any ExampleSource
    do throws(DataError) {
      let opened = try plan.dataset.openInputs(path)
      if let fitted { inputs = try opened.applying(fitted) } else { inputs = opened }
    } catch {
      throw InputError("\(error)")
    }
    guard inputs.count <= Self.mostRows else {
      throw InputError(
        "\(path) has \(inputs.count) rows; up to \(Self.mostRows) can be explained one by one")
    }
    let vectors = try TableExplanationJob.vectors(inputs)
    let width = vectors.count / max(inputs.count, 1)
    return try (0..<inputs.count).flatMap { row -> [RowExplanation] in
      if Interruption.isRequested { throw TrainingInterrupted() }
      return try table.explanation(
        of: Array(vectors[(row * width)..<((row + 1) * width)]), background: background,
        file: path, row: row + 1)
    }
  }
}
