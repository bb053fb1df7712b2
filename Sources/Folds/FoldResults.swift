import ExperimentConfig
import Files
import Metrics
import RunRecord
import Statistics

/// Makes one result of the folds of a run: their metrics side by side, and the predictions that each
/// model made of the examples it had not seen.
package struct FoldResults {
  private let run: RunDirectory
  private let folds: [RunDirectory]
  private let foldsInRepeat: Int
  private let metrics: MetricSet

  /// - Parameters:
  ///   - folds: their directories, finished, in order.
  ///   - foldsInRepeat: how many make one repeat.
  package init(
    _ run: RunDirectory, folds: [RunDirectory], foldsInRepeat: Int, metrics: MetricSet
  ) {
    self.run = run
    self.folds = folds
    self.foldsInRepeat = foldsInRepeat
    self.metrics = metrics
  }

  /// Writes predictions, reports, curves and the summary of the whole run.
  package func write() throws -> RunSummary {
    let summaries = try folds.map { try $0.readSummary() }
    guard let first = summaries.first else {
      throw FileError(path: run.path, reason: "has no folds")
    }
    let tables = try folds.map { try $0.readPredictions() }
    let held = tables.enumerated().map { ($0.offset + 1, $0.element["validation"]) }
    let test = try ensemble(tables.compactMap { $0["test"] })
    let classes = test.classes

    var file = PredictionsFile(classes: classes)
    var pooled = PooledTable(classes: classes)
    for case (let number, let table?) in held {
      file.add(table, split: "validation", fold: number)
      pooled.add(table)
    }
    file.add(test, split: "test", fold: 0)
    try run.write([file.bytes], to: "predictions.csv")
    let lines = try folds.flatMap { try FileReading.bytes(of: $0.file("metrics.jsonl")) }
    try run.write([lines], to: "metrics.jsonl")
    let timings = try folds.flatMap { try FileReading.bytes(of: $0.file("timings.jsonl")) }
    try run.write([timings], to: "timings.jsonl")

    let validation = pooled.predictions
    let tested = PooledTable(test).predictions
    try reports(of: tested, suffix: "")
    try reports(of: validation, suffix: "_validation")
    var summary = summarise(summaries, first)
    summary.pooled = values(validation)
    summary.test = values(tested)
    summary.intervals?["test"] = metrics.intervals(tested).mapValues { [$0.lower, $0.upper] }
    try run.write(json: summary, to: "summary.json")
    return summary
  }

  // MARK: Numbers

  private func summarise(_ summaries: [RunSummary], _ first: RunSummary) -> RunSummary {
    var means: [String: Double] = [:]
    var deviations: [String: Double] = [:]
    var intervals: [String: [Double]] = [:]
    for key in first.validation.keys.sorted() {
      let values = summaries.compactMap { $0.validation[key] }
      guard values.count == summaries.count, let all = SampleSummary(values) else { continue }
      means[key] = all.mean
      deviations[key] = all.standardDeviation
      if let interval = all.interval { intervals[key] = [interval.lower, interval.upper] }
    }
    var summary = RunSummary(
      status: first.status, identity: first.identity, dataset: first.dataset,
      parameters: first.parameters, epochs: summaries.map(\.epochs).max() ?? 0,
      bestEpoch: 0, validation: means, test: [:], intervals: ["validation": intervals])
    summary.validationSD = deviations
    summary.folds = summaries.enumerated().map { index, fold in
      RunSummary.Fold(
        fold: index + 1, repeat: index / foldsInRepeat + 1, epochs: fold.epochs,
        bestEpoch: fold.bestEpoch, trainExamples: fold.examples?.train ?? 0,
        validationExamples: fold.examples?.validation ?? 0, validation: fold.validation,
        test: fold.test)
    }
    summary.examples = first.examples
    return summary
  }

  private func values(_ predictions: PooledPredictions) -> [String: Double] {
    var values: [String: Double] = [:]
    for item in metrics.values(predictions) { values[item.key] = item.value }
    return values
  }

  private func reports(of predictions: PooledPredictions, suffix: String) throws {
    let matrix = predictions.confusionMatrix
    let names = (0..<matrix.classes).map(String.init)
    let report = ClassificationReport(matrix, names: names)
    try run.write(report.text(digits: 4), to: "classification_report\(suffix).txt")
    try run.write(json: report, to: "classification_report\(suffix).json")
    try run.write(matrix.csv(names: names), to: "confusion_matrix\(suffix).csv")
  }

  /// The mean of the models' probabilities, and the class that it prefers.
  private func ensemble(_ tables: [PredictionTable]) throws -> PredictionTable {
    guard var result = tables.first,
      tables.allSatisfy({ $0.indices == result.indices && $0.classes == result.classes })
    else { throw FileError(path: run.path, reason: "its folds have predicted other test examples") }
    for place in result.probabilities.indices {
      let sum = tables.reduce(0.0) { $0 + Double($1.probabilities[place]) }
      result.probabilities[place] = Float(sum / Double(tables.count))
    }
    for row in 0..<result.count {
      let scores = result.probabilities(at: row)
      var best = scores.startIndex
      for index in scores.indices where scores[index] > scores[best] { best = index }
      result.predictions[row] = best - scores.startIndex
    }
    return result
  }
}

/// Predictions of several tables, one after the other.
private struct PooledTable {
  private var labels: [Int] = []
  private var guesses: [Int] = []
  private var probabilities: [Float] = []
  private let classes: Int

  init(classes: Int) { self.classes = classes }

  init(_ table: PredictionTable) {
    self.init(classes: table.classes)
    add(table)
  }

  mutating func add(_ table: PredictionTable) {
    labels += table.labels
    guesses += table.predictions
    probabilities += table.probabilities
  }

  var predictions: PooledPredictions {
    PooledPredictions(
      labels: labels, predictions: guesses, probabilities: probabilities, classes: classes)
  }
}

extension PredictionsFile {
  fileprivate mutating func add(_ table: PredictionTable, split: String, fold: Int) {
    for row in 0..<table.count {
      add(
        split: split, fold: fold, index: table.indices[row], label: table.labels[row],
        predicted: table.predictions[row], probabilities: table.probabilities(at: row))
    }
  }
}
