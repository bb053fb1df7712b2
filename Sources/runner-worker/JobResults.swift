import Execution
import ExperimentConfig
import Graph
import Logging
import Metrics
import Planning
import RunRecord
import Training

/// What is written once the training is over: the best model's predictions and the summary.
struct JobResults {
  private let run: RunDirectory
  private let plan: Plan
  private let info: RunInfo
  private let test: ExampleSet
  private let job: TrainingJob
  private let log: Logger

  init(
    _ run: RunDirectory, _ plan: Plan, _ info: RunInfo, _ test: ExampleSet, _ job: TrainingJob,
    log: Logger
  ) {
    self.log = log
    self.run = run
    self.plan = plan
    self.info = info
    self.test = test
    self.job = job
  }

  /// Evaluates the best weights on the validation and, for the only time, the test set.
  ///
  /// - Returns: the summary, and the predictions by split.
  func write(
    _ result: Trainer.Result, _ profile: inout ProfileClock
  ) throws -> (summary: RunSummary, predictions: [String: PredictionTable]) {
    profile.cut("files")
    let validation = try evaluation(result, job.examples, job.validationIndices)
    let test = try evaluation(result, test, Array(0..<test.count))
    profile.cut("evaluation")

    var file = PredictionsFile(classes: job.classes, link: result.loss.link)
    var tables: [String: PredictionTable] = [:]
    for (split, evaluation) in [("validation", validation), ("test", test)] {
      let table = table(of: evaluation)
      file.add(table, split: split)
      if table.count > 0 { tables[split] = table }
    }
    try run.write([file.bytes], to: "predictions.csv")
    for (suffix, evaluation) in [("", test), ("_validation", validation)] {
      try writeReports(of: evaluation, suffix: suffix)
    }
    log.info("\(MetricRegistry.policy)")
    profile.cut("files")
    var summary = RunSummary(
      status: RunInfo.Status.finished.rawValue, identity: info.identity,
      dataset: info.dataset.used,
      parameters: .init(total: plan.graph.parameterCount, trainable: plan.trainableCount),
      epochs: result.epochs, bestEpoch: result.bestEpoch,
      validation: validation.values(job.metrics), test: test.values(job.metrics),
      intervals: info.fold == nil ? intervals(["validation": validation, "test": test]) : nil)
    profile.cut("metrics and their intervals")
    summary.withoutExamples = RunSummary.classesWithoutExamples([
      "validation": validation.confusionMatrix, "test": test.confusionMatrix,
    ])
    summary.examples = RunSummary.Examples(
      train: job.trainIndices.count, validation: job.validationIndices.count,
      test: test.labels.count)
    try run.write(json: summary, to: "summary.json")
    return (summary, tables)
  }

  private func table(of evaluation: Evaluation) -> PredictionTable {
    var table = PredictionTable(classes: evaluation.classes, link: evaluation.link)
    table.folds = Array(repeating: job.fold, count: evaluation.indices.count)
    table.indices = evaluation.indices
    table.labels = evaluation.labels
    table.predictions = evaluation.predictions
    table.scores = evaluation.scores.map(Double.init)
    return table
  }

  /// By bootstrap. Of folds nobody asks: their spread and the pooled predictions say more.
  private func intervals(_ evaluations: [String: Evaluation]) -> [String: [String: [Double]]] {
    evaluations.mapValues { evaluation in
      job.metrics.intervals(evaluation.pooled).mapValues { [$0.lower, $0.upper] }
    }
  }

  /// - Throws: ``TrainingInterrupted`` where somebody asked for the end; the training's last checkpoint
  ///   is there.
  private func evaluation(
    _ result: Trainer.Result, _ examples: ExampleSet, _ indices: [Int]
  ) throws -> Evaluation {
    let evaluation = try Evaluation.run(
      result.model, result.loss, examples, indices, classes: job.classes,
      isInterrupted: { Interruption.isRequested })
    guard let evaluation else { throw TrainingInterrupted() }
    return evaluation
  }

  /// The classification report and the confusion matrix.
  private func writeReports(of evaluation: Evaluation, suffix: String) throws {
    let names = (0..<job.classes).map(String.init)
    let matrix = evaluation.confusionMatrix
    try run.write(
      ClassificationReport.file(matrix, names: names), to: "classification_report\(suffix).txt")
    try run.write(
      json: ClassificationReport(matrix, names: names), to: "classification_report\(suffix).json")
    try run.write(matrix.csv(names: names), to: "confusion_matrix\(suffix).csv")
  }
}
