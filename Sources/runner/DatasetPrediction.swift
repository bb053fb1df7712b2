import Datasets
import ExperimentConfig
import Files
import Metrics
import Planning
import Reporting
import RunRecord
import Statistics

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

  func write(csv path: String?, json: Bool) throws {
    if let path { try AtomicFile.write([csv], to: path) }
    let metrics = try MetricSet(models.plan.experiment.metrics)
    var values: [String: Double] = [:]
    for item in metrics.values(pooled) { values[item.key] = item.value }
    values["loss"] = answer.loss
    let intervals = metrics.intervals(pooled)
    let seen = trainedOn
    if json {
      let object = JSONValue.object([
        "run": .string(models.run.path), "dataset": .string(dataset.used),
        "split": .string(split), "examples": .integer(pooled.count),
        "part": models.partName.map(JSONValue.string) ?? .null,
        "models": .integer(models.weights.count),
        "metrics": .object(values.mapValues(JSONValue.number)),
        "intervals": .object(
          intervals.mapValues { [.number($0.lower), .number($0.upper)] }),
        "interval_method": intervals.values.first.map { JSONValue($0.method) } ?? .null,
        "confusion_matrix": matrix, "trained_on": seen.map(JSONValue.integer) ?? .null,
        "classes_without_examples": .array(withoutExamples.map(JSONValue.integer)),
      ])
      try StandardOutput.write(json: object)
    } else {
      let count = NumberText.grouped(pooled.count)
      let which =
        models.weights.count > 1
        ? " · mean of \(models.weights.count) models"
        : models.partName.map { " · " + $0.replacing("-", with: " ") } ?? ""
      try StandardOutput.write("\(dataset.used) · \(split) · \(count) examples\(which)\n\n")
      try StandardOutput.write(SummaryTable.render(values, intervals: intervals))
      if let note = SummaryTable.note(withoutExamples, of: split) {
        try StandardOutput.write("\n  \(note)\n")
      }
    }
    if let seen, seen > 0 {
      let models = models.weights.count > 1 ? "one of the models was" : "the model was"
      terminal.write(
        terminal.yellow("warning: ")
          + WrappedText.wrap(
            "\(NumberText.grouped(seen)) of \(NumberText.grouped(pooled.count)) examples are among "
              + "those that \(models) trained on: what is measured on them is too good", indent: 9)
          + "\n")
    }
  }

  /// How many of the examples one of the models was trained on; `nil` if no record says it.
  private var trainedOn: Int? {
    guard let images else { return nil }
    let all = models.weights.compactMap { TrainingHistory(ofWeights: $0, among: [images]) }
    guard var history = all.first else { return nil }
    for other in all.dropFirst() { history.merge(other) }
    return history.knows(images) ? history.overlap(images, 0..<pooled.count) : nil
  }

  /// The file of images that the examples lie in.
  private var images: ImageFile? {
    let role: ImageFileRole = split == "train" ? .trainImages : .testImages
    guard dataset.files.indices.contains(role.rawValue) else { return nil }
    let file = dataset.files[role.rawValue]
    return ImageFile(path: file.path, sha256: file.sha256)
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
