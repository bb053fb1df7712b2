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
  func write(
    _ result: Trainer.Result, _ profile: inout ProfileClock
  ) throws -> RunSummary {
    profile.cut("files")
    let validation = try evaluation(result, job.examples, job.validationIndices)
    let test = try evaluation(result, test, Array(0..<test.count))
    profile.cut("evaluation")

    var predictions = PredictionsFile(classes: job.classes)
    for (split, evaluation) in [("validation", validation), ("test", test)] {
      for position in evaluation.indices.indices {
        predictions.add(
          split: split, fold: job.fold, index: evaluation.indices[position],
          label: evaluation.labels[position], predicted: evaluation.predictions[position],
          probabilities: evaluation.probabilities(at: position))
      }
    }
    try run.write([predictions.bytes], to: "predictions.csv")
    for (suffix, evaluation) in [("", test), ("_validation", validation)] {
      try writeReports(of: evaluation, suffix: suffix)
    }
    log.info("\(MetricRegistry.policy)")
    profile.cut("files")
    var summary = RunSummary(
      status: RunInfo.Status.finished.rawValue, identity: info.identity,
      dataset: info.dataset.used,
      parameters: .init(total: plan.graph.parameterCount, trainable: plan.trainableCount),
      epochs: result.epochs, bestEpoch: result.bestEpoch > 0 ? result.bestEpoch : nil,
      validation: validation.values(job.metrics), test: test.values(job.metrics))
    // Nobody asks for those of a fold: the spread over folds and the pooled predictions say more.
    if info.fold == nil {
      for (split, evaluation) in [("validation", validation), ("test", test)] {
        summary.setIntervals(job.metrics.intervals(evaluation.pooled), of: split)
      }
    }
    summary.scored = [
      "validation": ScoreBasis(examples: validation.labels.count),
      "test": ScoreBasis(examples: test.labels.count),
    ]
    profile.cut("metrics and their intervals")
    summary.examples = RunSummary.Examples(
      train: job.trainIndices.count, validation: job.validationIndices.count,
      test: test.labels.count)
    try run.write(json: summary, to: "summary.json")
    return summary
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
    let report = ClassificationReport(matrix, names: names)
    try run.write(report.text(digits: 4), to: "classification_report\(suffix).txt")
    try run.write(json: report, to: "classification_report\(suffix).json")
    try run.write(matrix.csv(names: names), to: "confusion_matrix\(suffix).csv")
  }
}
