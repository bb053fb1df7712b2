import ExperimentConfig
import Files
import Metrics
import RunRecord
import Statistics

/// Makes one result of the folds or the seeds of a run: their metrics side by side, and the predictions
/// that each model made of the examples it had not seen.
///
/// The test set is answered by the models of folds together, with the mean of their probabilities: they
/// are one model's parts. Those of several seeds answer it one by one, since it is their spread that is
/// asked for.
package struct PartResults {
  private let run: RunDirectory
  private let parts: Experiment.Parts
  private let directories: [RunDirectory]
  private let metrics: MetricSet

  /// - Parameter directories: of the parts, finished, in order.
  package init(
    _ run: RunDirectory, _ parts: Experiment.Parts, _ directories: [RunDirectory],
    metrics: MetricSet
  ) {
    self.run = run
    self.parts = parts
    self.directories = directories
    self.metrics = metrics
  }

  /// Writes predictions, reports, curves and the summary of the whole run.
  package func write() throws -> RunSummary {
    let summaries = try directories.map { try $0.readSummary() }
    guard let first = summaries.first else {
      throw FileError(path: run.path, reason: "has no \(parts.word)s")
    }
    let tables = try directories.map { try $0.readPredictions() }
    let held = tables.enumerated().map { (part: $0.offset + 1, table: $0.element["validation"]) }
    let tests = try tests(of: tables)
    let known = tables.flatMap(\.values)
    let classes = known.first?.classes ?? 0
    let link = known.first?.link ?? .identity
    guard known.allSatisfy({ $0.classes == classes && $0.link == link }) else {
      throw FileError(
        path: run.path, reason: "the predictions of its \(parts.word)s have other columns")
    }

    var file = PredictionsFile(classes: classes, link: link)
    var validation = PooledTable(classes: classes, link: link)
    for case (let part, let table?) in held {
      file.add(table, split: "validation", fold: part)
      validation.add(table)
    }
    var tested = PooledTable(classes: classes, link: link)
    for (part, table) in tests {
      file.add(table, split: "test", fold: part)
      tested.add(table)
    }
    try run.write([file.bytes], to: "predictions.csv")
    try writeLines()

    try reports(of: tested.predictions, suffix: "")
    try reports(of: validation.predictions, suffix: "_validation")
    var summary = try summarise(summaries, first)
    summary.withoutExamples = RunSummary.classesWithoutExamples([
      "validation": validation.predictions.confusionMatrix,
      "test": tested.predictions.confusionMatrix,
    ])
    if case .folds = parts {
      summary.pooled = values(validation.predictions)
      summary.test = values(tested.predictions)
      summary.intervals?["test"] = metrics.intervals(tested.predictions)
        .mapValues { [$0.lower, $0.upper] }
    }
    try run.write(json: summary, to: "summary.json")
    return summary
  }

  /// What `predictions.csv` holds of the test set; part 0 are all models together.
  private func tests(
    of tables: [[String: PredictionTable]]
  ) throws -> [(part: Int, table: PredictionTable)] {
    let tests = tables.compactMap { $0["test"] }
    switch parts {
    case .folds: return [(0, try ensemble(tests))]
    case .seeds: return tests.enumerated().map { ($0.offset + 1, $0.element) }
    }
  }

  /// The epochs of all parts. A training of one seed does not know that it is one of several.
  private func writeLines() throws {
    let newline = UInt8(ascii: "\n")
    var metrics: [UInt8] = []
    var timings: [UInt8] = []
    for (place, part) in directories.enumerated() {
      for var record in try part.readEpochs() {
        record.fold = place + 1
        metrics += try JSONText.encode(record) + [newline]
      }
      for var record in try part.readTimings() {
        record.fold = place + 1
        timings += try JSONText.encode(record) + [newline]
      }
    }
    try run.write([metrics], to: "metrics.jsonl")
    try run.write([timings], to: "timings.jsonl")
  }

  // MARK: Numbers

  private func summarise(_ summaries: [RunSummary], _ first: RunSummary) throws -> RunSummary {
    let validation = Spread(summaries.map(\.validation))
    var summary = RunSummary(
      status: first.status, identity: try run.readInfo().identity, dataset: first.dataset,
      parameters: first.parameters, epochs: summaries.map(\.epochs).max() ?? 0,
      bestEpoch: 0, validation: validation.means, test: [:],
      intervals: ["validation": validation.intervals])
    summary.validationSD = validation.deviations
    let entries = summaries.enumerated().map { index, part in
      var entry = RunSummary.Part(
        epochs: part.epochs, bestEpoch: part.bestEpoch, trainExamples: part.examples?.train ?? 0,
        validationExamples: part.examples?.validation ?? 0, validation: part.validation,
        test: part.test)
      switch parts {
      case .folds(_, let inRepeat):
        entry.fold = index + 1
        entry.repeat = index / inRepeat + 1
      case .seeds(let seeds): entry.seed = seeds[index]
      }
      return entry
    }
    switch parts {
    case .folds: summary.folds = entries
    case .seeds:
      summary.seeds = entries
      let test = Spread(summaries.map(\.test))
      summary.test = test.means
      summary.testSD = test.deviations
      summary.intervals?["test"] = test.intervals
    }
    summary.examples = first.examples
    return summary
  }

  /// Mean, standard deviation and t interval of every metric that all parts have.
  private struct Spread {
    var means: [String: Double] = [:]
    var deviations: [String: Double] = [:]
    var intervals: [String: [Double]] = [:]

    init(_ values: [[String: Double]]) {
      for key in values.first?.keys.sorted() ?? [] {
        let known = values.compactMap { $0[key] }
        guard known.count == values.count, let all = SampleSummary(known) else { continue }
        means[key] = all.mean
        deviations[key] = all.standardDeviation
        if let interval = all.interval { intervals[key] = [interval.lower, interval.upper] }
      }
    }
  }

  private func values(_ predictions: PooledPredictions) -> [String: Double] {
    var values: [String: Double] = [:]
    for item in metrics.values(predictions) { values[item.key] = item.value }
    return values
  }

  private func reports(of predictions: PooledPredictions, suffix: String) throws {
    let matrix = predictions.confusionMatrix
    let names = (0..<matrix.classes).map(String.init)
    try run.write(
      ClassificationReport.file(matrix, names: names), to: "classification_report\(suffix).txt")
    try run.write(
      json: ClassificationReport(matrix, names: names), to: "classification_report\(suffix).json")
    try run.write(matrix.csv(names: names), to: "confusion_matrix\(suffix).csv")
  }

  /// The mean of the models' probabilities, and the class that it prefers.
  private func ensemble(_ tables: [PredictionTable]) throws -> PredictionTable {
    guard var result = tables.first,
      tables.allSatisfy({
        $0.indices == result.indices && $0.classes == result.classes && $0.link == result.link
      })
    else { throw FileError(path: run.path, reason: "its folds have predicted other test examples") }
    result.scores = result.link.averaged(tables.map(\.scores), classes: result.classes)
    result.predictions = ScoreLink.predictions(result.scores, classes: result.classes)
    return result
  }
}

/// Predictions of several tables, one after the other.
private struct PooledTable {
  private var labels: [Int] = []
  private var guesses: [Int] = []
  private var scores: [Double] = []
  private let classes: Int
  private let link: ScoreLink

  init(classes: Int, link: ScoreLink) {
    self.classes = classes
    self.link = link
  }

  mutating func add(_ table: PredictionTable) {
    labels += table.labels
    guesses += table.predictions
    scores += table.scores
  }

  var predictions: PooledPredictions {
    PooledPredictions(
      labels: labels, predictions: guesses, scores: scores, link: link, classes: classes)
  }
}
