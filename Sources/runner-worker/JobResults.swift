import Execution
import ExperimentConfig
import Graph
import Metrics
import Planning
import RunRecord
import Training

/// What is written once the training is over: the best model's predictions and the summary.
struct JobResults {
  private let run: RunDirectory
  private let plan: Plan
  private let info: RunInfo
  private let data: JobData
  private let job: TrainingJob

  init(_ run: RunDirectory, _ plan: Plan, _ info: RunInfo, _ data: JobData, _ job: TrainingJob) {
    self.run = run
    self.plan = plan
    self.info = info
    self.data = data
    self.job = job
  }

  /// Evaluates the best weights on the validation and, for the only time, the test set.
  func write(_ result: TrainingLoop.Result) throws -> RunSummary {
    try result.model.load(result.bestWeights)
    let validation = try Evaluation.run(
      result.model, result.loss, data.trainAndValidation, data.validationIndices,
      classes: data.classes)
    let test = try Evaluation.run(
      result.model, result.loss, data.test, Array(0..<data.test.count), classes: data.classes)

    var predictions = PredictionsFile(classes: data.classes)
    for (split, evaluation) in [("validation", validation), ("test", test)] {
      for position in evaluation.indices.indices {
        predictions.add(
          split: split, fold: job.fold, index: evaluation.indices[position],
          label: evaluation.labels[position], predicted: evaluation.predictions[position],
          probabilities: evaluation.probabilities(at: position))
      }
    }
    try run.write([predictions.bytes], to: "predictions.csv")
    let metrics = try MetricSet(job.metrics)
    if metrics.contains("confusion_matrix") {
      let names = (0..<data.classes).map(String.init)
      try run.write(test.pooled.confusionMatrix.csv(names: names), to: "confusion_matrix.csv")
    }
    let count = plan.graph.parameterCount
    let summary = RunSummary(
      status: RunInfo.Status.finished.rawValue, identity: info.identity,
      dataset: info.dataset.used, parameters: .init(total: count, trainable: count),
      epochs: result.epochs, bestEpoch: result.bestEpoch,
      validation: validation.values(metrics), test: test.values(metrics))
    try run.write(json: summary, to: "summary.json")
    return summary
  }
}
