import ExperimentConfig
import Files
import Metrics
import Planning
import Reporting
import RunRecord

/// How models do on a data set: metrics with intervals, the confusion matrix, every prediction.
struct DatasetPrediction {
  private let models: PredictionModels
  private let dataset: RunInfo.Dataset
  private let split: String
  private let answer: PredictionAnswer
  private let pooled: PooledPredictions

  init(
    _ models: PredictionModels, _ dataset: RunInfo.Dataset, split: String,
    _ answer: PredictionAnswer
  ) {
    self.models = models
    self.dataset = dataset
    self.split = split
    self.answer = answer
    pooled = PooledPredictions(
      labels: answer.labels, predictions: answer.predictions,
      scores: answer.scores, link: models.link, classes: models.classes)
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
        "run": .string(models.run.path), "dataset": .string(dataset.used),
        "split": .string(split), "examples": .integer(pooled.count),
        "part": models.partName.map(JSONValue.string) ?? .null,
        "models": .integer(models.weights.count),
        "metrics": .object(values.mapValues(JSONValue.number)),
        "intervals": .object(intervals.mapValues { .array($0.map(JSONValue.number)) }),
        "confusion_matrix": matrix,
        "classes_without_examples": .array(withoutExamples.map(JSONValue.integer)),
      ])
      let bytes = try JSONText.encode(object, pretty: true)
      try Terminal.writeOutput(String(decoding: bytes, as: UTF8.self) + "\n")
    } else {
      let count = NumberText.grouped(pooled.count)
      let which =
        models.weights.count > 1
        ? " · mean of \(models.weights.count) models"
        : models.partName.map { " · " + $0.replacing("-", with: " ") } ?? ""
      terminal.write("\(dataset.used) · \(split) · \(count) examples\(which)\n\n")
      terminal.write(SummaryTable.render(values, intervals: intervals))
      if let note = SummaryTable.note(withoutExamples, of: split) {
        terminal.write("\n  \(note)\n")
      }
    }
  }

  /// The classes that none of the examples has.
  private var withoutExamples: [Int] {
    RunSummary.classesWithoutExamples([split: pooled.confusionMatrix])?[split] ?? []
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
    var file = PredictionsFile(classes: models.classes, link: models.link)
    for row in answer.predictions.indices {
      file.add(
        split: split, fold: models.part, index: row, label: answer.labels[row],
        predicted: answer.predictions[row],
        scores: answer.scores[(row * models.classes)..<((row + 1) * models.classes)])
    }
    return file.bytes
  }
}
