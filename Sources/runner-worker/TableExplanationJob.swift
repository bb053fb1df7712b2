import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import RunRecord
import TableEffects
import Tables
import Tasks
import Torch
import Training
import WorkerProtocol

/// Computes how models use the columns of their table.
struct TableExplanationJob {
  private let request: TableExplanationRequest
  private let output: EventOutput

  init(_ request: TableExplanationRequest, output: EventOutput) {
    self.request = request
    self.output = output
  }

  func answer() throws {
    let explanation = try explanation { done, count in
      try output.send(.tableExplanation(.progress(done: done, of: count)))
    }
    try output.send(.tableExplanation(.finished(explanation)))
  }

  /// - Parameter progress: is given the number of columns that have been permuted, and that of all.
  /// - Throws: ``InputError`` if the examples cannot be explained; ``TrainingInterrupted``.
  func explanation(progress: (_ done: Int, _ count: Int) throws -> Void) throws -> TableExplanation
  {
    let prediction = request.prediction
    let job = PredictionJob(prediction, of: prediction.run, output: output)
    let (plan, device) = try job.prepare()
    guard case .examples(let examples) = prediction.input else {
      throw ProgramFault("a table is explained on a data set's examples")
    }
    let whole = try plan.open(
      examples.split == .test ? .test : .train, of: examples.dataset, in: prediction.run)
    guard case .vector(let width) = whole.schema.input.kind else {
      throw InputError(
        "the run's model takes \(whole.schema.input.kind), not the columns of a table")
    }
    var parts: [ExplainedTable.Part] = []
    var used: [Int] = []
    var available = 0
    var last: (part: ExplainedTable.Part, task: any Task)?
    for group in job.groups {
      let all = try PredictionJob.indices(examples.unlimited, plan, group[0], whole)
      available += all.count
      let count = job.groups.count
      let indices = all.evenly(examples.limit.map { max(1, ($0 + count - 1) / count) })
      if indices.isEmpty { continue }
      let models = try ModelEnsemble(plan, group, device, threads: prediction.threads)
      let part = try part(ExampleSubset(whole, rows: indices), width, group[0], models)
      parts.append(part)
      used += indices
      last = (part, models.task)
    }
    guard let last else {
      throw InputError("the run has no \(examples.split.rawValue) examples")
    }
    let columns = try columns(of: whole, used, last.part)
    let most = TableExplanationRequest.mostColumns
    guard columns.count <= most else {
      throw InputError("the table has \(columns.count) columns; up to \(most) can be explained")
    }
    let table = try ExplainedTable(parts, columns: columns, task: last.task)
    var explanation = try table.explanation(
      repeats: request.repeats, dependences: request.dependences, lines: request.lines,
      available: available
    ) { done in
      try Interruption.check()
      try progress(done, columns.count)
    }
    if !request.files.isEmpty {
      let explainer = try RowExplainer(table, prediction, plan, whole)
      for path in request.files { explanation.rows += try explainer.rows(of: path) }
    }
    return explanation
  }

  /// Examples with the model that answers them.
  private func part(
    _ source: ExampleSubset, _ width: Int, _ model: PredictionRequest.Model,
    _ models: ModelEnsemble
  ) throws -> ExplainedTable.Part {
    let record = try RunDirectory(path: model.directory).fittedInputs()
    let inputs = try record.map(source.applying) ?? source
    let columns =
      try record.map { try Self.encoder($0, model).columns }
      ?? Self.names(source, width).map(FittedColumn.init(plain:))
    let (targets, target) = (source.targets, source.schema.target)
    return ExplainedTable.Part(columns: columns, vectors: try Self.vectors(inputs)) {
      vectors, examples in
      let source = VectorsInMemory(
        vectors, size: width, name: inputs.schema.input.name, target: target,
        targets: targets.selecting(examples))
      var answers = Predictions(models.layout)
      try models.predict(source, ImagePlan(pipeline: nil, isResizedFirst: false)) { _, rows, _ in
        answers.append(rows)
      }
      return answers
    }
  }

  private static func encoder(
    _ record: [UInt8], _ model: PredictionRequest.Model
  ) throws -> FittedEncoder {
    do {
      return try JSONText.decode(FittedEncoder.self, from: record)
    } catch {
      throw InputError("\(model.directory)/\(RunDirectory.fittedInputs) is damaged: \(error)")
    }
  }

  static func vectors(_ source: any ExampleSource) throws -> [Float] {
    let name = source.schema.input.name
    var batch = ExampleBatch()
    try source.read(Array(0..<source.count), into: &batch)
    guard case .numbers(let values)? = batch.take(name) else {
      throw DataError(path: name, reason: "holds no vectors")
    }
    return values
  }

  /// What the numbers of a vector are called that come from no table.
  private static func names(_ source: any ExampleSource, _ width: Int) -> [String] {
    source.valueNames ?? (0..<width).map { "value \($0)" }
  }

  /// The columns with the values of the examples; of vectors that come from no table, one for each number.
  private func columns(
    of whole: any ExampleSource, _ indices: [Int], _ part: ExplainedTable.Part
  ) throws -> [TableColumn] {
    if let table = whole as? any TabularSource { return try table.featureColumns(indices) }
    let values = try Self.vectors(ExampleSubset(whole, rows: indices))
    return part.columns.enumerated().map { place, column in
      TableColumn(
        column.name,
        numbers: stride(from: place, to: values.count, by: part.width).map { values[$0] })
    }
  }
}
