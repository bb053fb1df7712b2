import Datasets
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

  /// Evaluates the best weights on the validation examples, on a sample of the training examples and, for
  /// the only time, on the test set.
  ///
  /// - Returns: the summary, and the predictions by split.
  func write(
    _ result: Trainer.Result, _ profile: inout ProfileClock
  ) throws -> (summary: RunSummary, predictions: [String: PredictionTable]) {
    profile.cut("files")
    let hasValidation = !job.validationIndices.isEmpty
    let activity = ActivityRecorder(job.graph, behind: job.examples.prefix)
    let validation = try evaluation(
      result, job.examples, job.validationIndices, watching: hasValidation ? activity : nil)
    let test = try evaluation(result, test, Array(0..<test.count))
    let sample = try evaluation(
      result, job.examples,
      TrainSample.indices(
        of: job.trainIndices, validation: job.validationIndices.count, seed: job.seed,
        fold: job.fold), watching: hasValidation ? nil : activity)
    profile.cut("evaluation")

    let splits = (hasValidation ? [("validation", validation)] : []) + [("test", test)]
    var file = PredictionsFile(classes: job.classes, link: result.loss.link)
    var tables: [String: PredictionTable] = [:]
    for (split, evaluation) in splits {
      let table = table(of: evaluation)
      file.add(table, split: split)
      if table.count > 0 { tables[split] = table }
    }
    try run.write([file.bytes], to: "predictions.csv")
    for (split, evaluation) in splits {
      try writeReports(of: evaluation, suffix: split == "test" ? "" : "_\(split)")
    }
    if !activity.isEmpty {
      try run.write(
        json: activity.activity(
          split: hasValidation ? "validation" : "train_sample",
          examples: hasValidation ? validation.labels.count : sample.labels.count),
        to: UnitActivity.name)
    }
    log.info("\(MetricRegistry.policy)")
    profile.cut("files")
    var summary = RunSummary(
      status: RunInfo.Status.finished.rawValue, identity: info.identity,
      dataset: info.dataset.used,
      parameters: .init(total: plan.graph.parameterCount, trainable: plan.trainableCount),
      epochs: result.epochs, bestEpoch: result.bestEpoch > 0 ? result.bestEpoch : nil,
      validation: [:], test: [:])
    summary.scored = [:]
    for (split, evaluation) in splits + [("train_sample", sample)] {
      let scores = evaluation.scores(job.metrics)
      summary.scored?[split] = ScoreBasis(examples: evaluation.labels.count)
      switch split {
      case "validation": summary.validation = scores.values
      case "test": summary.test = scores.values
      default: summary.trainSample = scores.values
      }
      if !scores.undefined.isEmpty {
        summary.undefined = (summary.undefined ?? [:]).merging([split: scores.undefined]) { $1 }
      }
    }
    // Nobody asks for those of a fold: the spread over folds and the pooled predictions say more.
    if info.fold == nil {
      for (split, evaluation) in splits {
        summary.setIntervals(job.metrics.intervals(evaluation.pooled), of: split)
      }
    }
    summary.baseline = baseline(result.loss)
    summary.end = result.end
    profile.cut("metrics and their intervals")
    summary.withoutExamples = RunSummary.classesWithoutExamples(
      Dictionary(uniqueKeysWithValues: splits.map { ($0.0, $0.1.confusionMatrix) }))
    summary.examples = RunSummary.Examples(
      train: job.trainIndices.count, validation: job.validationIndices.count,
      test: test.labels.count, trainSample: sample.labels.count)
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

  /// - Throws: ``TrainingInterrupted`` where somebody asked for the end; the training's last checkpoint
  ///   is there.
  private func evaluation(
    _ result: Trainer.Result, _ examples: ExampleSet, _ indices: [Int],
    watching activity: ActivityRecorder? = nil
  ) throws -> Evaluation {
    let evaluation = try Evaluation.run(
      result.model, result.loss, examples, indices, classes: job.classes, watching: activity,
      isInterrupted: { Interruption.isRequested })
    guard let evaluation else { throw TrainingInterrupted() }
    return evaluation
  }

  /// What always giving the training examples' class frequencies would have on them.
  private func baseline(_ loss: LossFunction) -> [String: Double] {
    var counts = [Int](repeating: 0, count: job.classes)
    for index in job.trainIndices { counts[Int(job.examples.labels[index])] += 1 }
    let shares = counts.map { Double($0) / Double(max(job.trainIndices.count, 1)) }
    return ["loss": loss.ofConstantAnswer(shares), "accuracy": shares.max() ?? 0]
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
