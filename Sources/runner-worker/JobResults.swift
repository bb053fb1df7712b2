import DataSchema
import Datasets
import Execution
import ExperimentConfig
import Graph
import Logging
import Planning
import RunRecord
import Splits
import Tasks
import Training
import WorkerProtocol

/// Writes the results after training: the best model's predictions and the summary.
struct JobResults {
  private let run: RunDirectory
  private let plan: Plan
  private let info: RunInfo
  private let test: ExampleSet
  private let sources: JobData
  private let job: TrainingJob
  private let data: DataRecord
  private let work: WorkReport
  private let log: Logger

  init(
    _ run: RunDirectory, _ plan: Plan, _ info: RunInfo, _ test: ExampleSet, _ job: TrainingJob,
    _ data: DataRecord, from sources: JobData, work: WorkReport, log: Logger
  ) {
    self.sources = sources
    self.work = work
    self.log = log
    self.run = run
    self.plan = plan
    self.info = info
    self.test = test
    self.job = job
    self.data = data
  }

  /// Evaluates the best weights on the validation examples, on a sample of the training examples
  /// and, for the only time, on the test set.
  ///
  /// - Returns: the summary, and the predictions by split.
  func write(
    _ result: Trainer.Result, _ profile: inout ProfileClock
  ) throws -> (summary: RunSummary, predictions: [String: Predictions]) {
    profile.cut("files")
    let hasValidation = !job.validationIndices.isEmpty
    let activity = ActivityRecorder(job.graph, behind: job.examples.prefix)
    var validation = try evaluation(
      result, "validation", job.examples, job.validationIndices,
      watching: hasValidation ? activity : nil)
    let task = try fittedTask(result, validation)
    validation = validation.decided(by: task)
    let names = type(of: task).answerPath("") == nil ? nil : AnswerNames(sources.test)
    let test = try evaluation(
      result, "test", test, Array(0..<test.count),
      receive: { index, map in
        guard let names, let path = type(of: task).answerPath(names[index]),
          let picture = try task.answerPicture(map)
        else { return }
        try run.write([picture], to: path)
      }
    ).decided(by: task)
    let sample = try evaluation(
      result, "training sample", job.examples,
      TrainSample.indices(
        of: job.trainIndices, validation: job.validationIndices.count, seed: job.seed,
        fold: job.fold), watching: hasValidation ? nil : activity
    ).decided(by: task)
    profile.cut("evaluation")

    let splits = (hasValidation ? [("validation", validation)] : []) + [("test", test)]
    var file = PredictionsFile(job.task.layout(result.loss.link))
    var tables: [String: Predictions] = [:]
    for (split, evaluation) in splits {
      file.add(evaluation.predictions, split: split)
      if evaluation.predictions.count > 0 { tables[split] = evaluation.predictions }
    }
    try run.write([file.bytes], to: "predictions.csv")
    if let record = try task.fittedRecord() { try run.write([record.bytes], to: record.name) }
    for (split, evaluation) in splits {
      let source = split == "test" ? sources.test : sources.train
      for file in try task.reportFiles(evaluation.predictions, split: split)
        + task.exampleFiles(
          evaluation.predictions, split: split,
          name: {
            ExampleName(file: source.name(of: $0), annotationID: source.annotationID(of: $0))
          })
      {
        try run.write([file.bytes], to: file.name)
      }
    }
    if !activity.isEmpty {
      try run.write(
        json: activity.activity(
          split: hasValidation ? "validation" : "train_sample",
          examples: hasValidation ? validation.predictions.count : sample.predictions.count),
        to: UnitActivity.name)
    }
    profile.cut("files")
    try run.write(json: data, to: DataRecord.name)
    var summary = RunSummary(
      status: RunInfo.Status.finished.rawValue, identity: info.identity,
      dataset: info.dataset.used,
      parameters: .init(total: plan.graph.parameterCount, trainable: plan.trainableCount),
      epochs: result.epochs, bestEpoch: result.bestEpoch > 0 ? result.bestEpoch : nil,
      validation: [:], test: [:])
    summary.record(job.metrics)
    summary.scored = [:]
    for (split, evaluation) in splits + [("train_sample", sample)] {
      let scores = evaluation.scores(job.metrics)
      summary.scored?[split] = ScoreBasis(examples: evaluation.predictions.count)
      if split == "validation", case .validation = job.selection {
        summary.scored?[split]?.fitted = task.fittedOption
      }
      switch split {
      case "validation": summary.validation = scores.values
      case "test": summary.test = scores.values
      default: summary.trainSample = scores.values
      }
      if !scores.undefined.isEmpty {
        summary.undefined = (summary.undefined ?? [:]).merging([split: scores.undefined]) { $1 }
      }
    }
    // Not needed for folds: the spread over folds and the pooled predictions are more informative.
    if info.fold == nil {
      for (split, evaluation) in splits {
        summary.setIntervals(job.metrics.intervals(evaluation.predictions), of: split)
      }
    }
    summary.baseline = baseline
    summary.end = result.end
    profile.cut("metrics and their intervals")
    summary.setWithoutExamples(tables, job.task)
    summary.examples = RunSummary.Examples(
      train: job.trainIndices.count, validation: job.validationIndices.count,
      test: test.predictions.count, trainSample: sample.predictions.count)
    try run.write(json: summary, to: "summary.json")
    return (summary, tables)
  }

  /// The task with decisions fitted to the predictions for the selection examples: the validation
  /// examples or, for a fold, its own held-out part of the training examples.
  private func fittedTask(
    _ result: Trainer.Result, _ validation: Evaluation
  ) throws -> any Task {
    guard job.task.fittedOption != nil else { return job.task }
    guard case .inner(let indices) = job.selection else {
      return job.task.fitted(to: validation.predictions)
    }
    return job.task.fitted(
      to: try evaluation(result, "inner validation", job.examples, indices).predictions)
  }

  /// - Throws: ``TrainingInterrupted`` if an interruption was requested; the last checkpoint of the
  ///   training exists.
  private func evaluation(
    _ result: Trainer.Result, _ name: String, _ examples: ExampleSet, _ indices: [Int],
    watching activity: ActivityRecorder? = nil,
    receive: ((Int, ClassMap) throws -> Void)? = nil
  ) throws -> Evaluation {
    let evaluation = try Evaluation.run(
      result.model, result.loss, examples, indices, task: job.task, fold: job.fold,
      watching: activity, receive: receive,
      progress: { [work] in work.show("evaluation: \(name)", $0, of: indices.count) },
      isInterrupted: { Interruption.isRequested })
    guard let evaluation else { throw TrainingInterrupted() }
    return evaluation
  }

  /// The scores of always giving the same answer on the training examples.
  private var baseline: [String: Double] {
    var values = job.task.baseline(job.examples.targets.selecting(job.trainIndices))
    values["loss"] = job.constantLoss
    return values
  }
}
