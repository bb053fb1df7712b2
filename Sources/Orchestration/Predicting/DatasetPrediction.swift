import DataSchema
import Datasets
import ExperimentConfig
import Files
import Planning
import Reporting
import RunRecord
import Statistics
import Tasks
import Transforms
import WorkerProtocol

/// The predictions of models on a data set: metrics with intervals, details from the task, and
/// every prediction.
struct DatasetPrediction {
  private let models: PredictionModels
  private let examples: PredictionRequest.Examples
  private let answer: PredictionAnswer
  private let predictions: Predictions
  private let views: ImageViews?

  init(
    _ models: PredictionModels, _ examples: PredictionRequest.Examples, _ answer: PredictionAnswer,
    views: ImageViews?
  ) {
    self.views = views
    self.models = models
    self.examples = examples
    self.answer = answer
    // Each fold's model predicted the examples that its fold held out.
    let folds = answer.sources.flatMap { source in
      Array(repeating: source.fold > 0 ? source.fold : models.part, count: source.count)
    }
    predictions = answer.predictions(models.layout, folds: folds)
  }

  func write(csv path: String?, json: Bool, on terminal: Terminal) throws {
    if let path { try AtomicFile.write([csv], to: path) }
    let task = models.task
    let metrics = try MetricSet(models.plan.experiment.metrics, task: task)
    var values: [String: Double] = [:]
    for item in metrics.values(predictions) { values[item.key] = item.value }
    values["loss"] = answer.loss
    let intervals = metrics.intervals(predictions)
    let seen = try trainedOn()
    if json {
      var object: [String: JSONValue] = [
        "run": .string(models.run.path), "dataset": .string(examples.dataset.used),
        "split": .string(examples.split.rawValue), "examples": .integer(predictions.count),
        "part": models.partName.map(JSONValue.string) ?? .null,
        "models": .integer(models.members.count),
        "method": isSingle ? .null : .string(models.method.rawValue),
        "views": views.map { .string($0.rawValue) } ?? .null,
        "warnings": .array((answer.warnings + answer.notes).map(JSONValue.string)),
        "metrics": .object(values.mapValues(JSONValue.number)),
        "intervals": .object(
          intervals.mapValues { [.number($0.lower), .number($0.upper)] }),
        "interval_method": intervals.values.first.map { JSONValue($0.method) } ?? .null,
        "trained_on": seen.map(JSONValue.integer) ?? .null,
        "classes_without_examples": .array(withoutExamples.map(JSONValue.integer)),
      ]
      object.merge(task.details(predictions)) { first, _ in first }
      try StandardOutput.write(json: JSONValue.object(object))
    } else {
      try StandardOutput.write(heading + "\n\n")
      try StandardOutput.write(
        SummaryTable.render(values, intervals: intervals, primary: task.primary))
      if !isSingle, models.method != .ensemble {
        try StandardOutput.write(
          "\n  Scores of all examples together; 'runner show' gives the mean over the models.\n")
      }
      if let note = SummaryTable.note(
        withoutExamples, named: task.target.kind.names, of: examples.split.rawValue)
      {
        try StandardOutput.write("\n  \(note)\n")
      }
    }
    if isFittedTo, let option = task.fittedOption {
      terminal.write(
        terminal.yellow("warning: ")
          + WrappedText.wrap(
            "\(option) were fitted to these examples: scores that depend on them are optimistic",
            indent: 9) + "\n")
    }
    if let seen, seen > 0 {
      let models = !isSingle ? "one of the models was" : "the model was"
      terminal.write(
        terminal.yellow("warning: ")
          + WrappedText.wrap(
            "\(NumberText.grouped(seen)) of \(NumberText.grouped(predictions.count)) examples are among "
              + "those that \(models) trained on: the scores on them are too optimistic", indent: 9)
          + "\n")
    }
  }

  /// Whether something was fitted to these examples. With folds, it is fitted to other examples
  /// than those held out.
  private var isFittedTo: Bool {
    examples.isOwn && examples.split == .validation
      && models.plan.experiment.data.split.folds == nil
  }

  /// How many of the examples a model predicting them was trained on; `nil` if not recorded.
  private func trainedOn() throws(FileError) -> Int? {
    guard let images = try images else { return nil }
    if models.method == .ensemble { return overlap(models.members, answer.indices, images) }
    var sum = 0
    var start = 0
    for source in answer.sources {
      // Each fold's model predicted the examples that its fold held out.
      guard let member = models.member(ofFold: source.fold),
        let count = overlap([member], answer.indices[start..<(start + source.count)], images)
      else { return nil }
      sum += count
      start += source.count
    }
    return sum
  }

  private func overlap(
    _ members: [PredictionRequest.Model], _ indices: some Sequence<Int>, _ images: DataFile
  ) -> Int? {
    let all = members.compactMap { TrainingHistory(ofWeights: $0.weights, among: [images]) }
    guard var history = all.first else { return nil }
    for other in all.dropFirst() { history.merge(other) }
    return history.knows(images) ? history.overlap(images, indices) : nil
  }

  /// The file that contains the images of the examples.
  private var images: DataFile? {
    get throws(FileError) {
      try AcquiredDataset(examples.dataset, in: models.run)
        .file(examples.split == .test ? .test : .train, .inputs)
    }
  }

  /// The classes without any example.
  private var withoutExamples: [Int] {
    models.task.withoutExamples(predictions)
  }

  private var isSingle: Bool { models.members.count == 1 }

  /// Names the examples, their number and the models that predicted them.
  private var heading: String {
    let count = NumberText.grouped(predictions.count)
    let number = models.members.count
    let which =
      isSingle
      ? models.partName.map { " · " + $0.replacing("-", with: " ") } ?? ""
      : models.method == .ensemble
        ? " · ensemble of \(number) models (mean of their probabilities)"
        : " · out of fold: each of \(number) models on the examples that it did not train on"
    return "\(examples.dataset.used) · \(examples.split.rawValue) · \(count) examples\(which)"
      + (views.map { " · mean over \($0.count) views of each image" } ?? "")
  }

  /// The predictions in the format of a run's `predictions.csv`.
  private var csv: [UInt8] {
    var file = PredictionsFile(models.layout)
    file.add(predictions, split: examples.split.rawValue)
    return file.bytes
  }
}
