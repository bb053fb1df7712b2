import ExperimentConfig
import Files
import Metrics
import Planning
import Reporting
import RunRecord

/// How models do on a data set: metrics with intervals, the confusion matrix, every prediction.
struct DatasetPrediction {
  private let models: PredictionModels
  private let examples: PredictionRequest.Examples
  private let answer: PredictionAnswer
  private let pooled: PooledPredictions

  init(
    _ models: PredictionModels, _ examples: PredictionRequest.Examples, _ answer: PredictionAnswer
  ) {
    self.models = models
    self.examples = examples
    self.answer = answer
    pooled = PooledPredictions(
      labels: answer.labels, predictions: answer.predictions,
      probabilities: answer.probabilities, classes: models.classes)
  }

  func write(csv path: String?, json: Bool, on terminal: Terminal) throws {
    if let path { try AtomicFile.write([csv], to: path) }
    let metrics = try MetricSet(models.plan.experiment.metrics)
    var values: [String: Double] = [:]
    for item in metrics.values(pooled) { values[item.key] = item.value }
    values["loss"] = answer.loss
    let intervals = metrics.intervals(pooled).mapValues { [$0.lower, $0.upper] }
    if json {
      let object = JSONValue.object([
        "run": .string(models.run.path), "dataset": .string(examples.dataset.used),
        "split": .string(examples.split.rawValue), "examples": .integer(pooled.count),
        "part": models.partName.map(JSONValue.string) ?? .null,
        "models": .integer(models.members.count),
        "method": isSingle ? .null : .string(models.method.rawValue),
        "warnings": .array((answer.warnings + answer.notes).map(JSONValue.string)),
        "metrics": .object(values.mapValues(JSONValue.number)),
        "intervals": .object(intervals.mapValues { .array($0.map(JSONValue.number)) }),
        "confusion_matrix": matrix,
      ])
      let bytes = try JSONText.encode(object, pretty: true)
      try Terminal.writeOutput(String(decoding: bytes, as: UTF8.self) + "\n")
    } else {
      terminal.write(heading + "\n\n")
      terminal.write(SummaryTable.render(values, intervals: intervals))
    }
  }

  private var isSingle: Bool { models.members.count == 1 }

  /// Which examples, how many, and which models answered.
  private var heading: String {
    let count = NumberText.grouped(pooled.count)
    let number = models.members.count
    let which =
      isSingle
      ? models.partName.map { " · " + $0.replacing("-", with: " ") } ?? ""
      : models.method == .ensemble
        ? " · ensemble of \(number) models (mean of their probabilities)"
        : " · out of fold: each of \(number) models on the examples that it did not train on"
    return "\(examples.dataset.used) · \(examples.split.rawValue) · \(count) examples\(which)"
  }

  /// Rows are true classes, columns predicted ones.
  private var matrix: JSONValue {
    let matrix = pooled.confusionMatrix
    return .array(
      (0..<matrix.classes).map { label in
        .array((0..<matrix.classes).map { .integer(matrix[label, $0]) })
      })
  }

  /// In the form of a run's `predictions.csv`.
  private var csv: [UInt8] {
    var file = PredictionsFile(classes: models.classes)
    var row = 0
    for source in answer.sources {
      for _ in 0..<source.count {
        file.add(
          split: examples.split.rawValue, fold: source.fold > 0 ? source.fold : models.part,
          index: answer.indices[row], label: answer.labels[row], predicted: answer.predictions[row],
          probabilities: answer.probabilities[
            (row * models.classes)..<((row + 1) * models.classes)])
        row += 1
      }
    }
    return file.bytes
  }
}
