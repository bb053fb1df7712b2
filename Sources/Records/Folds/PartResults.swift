import ExperimentConfig
import Files
import RunRecord
import Statistics
import Tasks

/// Combines the folds or the seeds of a run into one result: their metrics side by side, and the
/// predictions of each model for the examples it had not seen.
///
/// On the test set, the models of folds form an ensemble that averages their probabilities, since
/// they are parts of one model; where recorded predictions cannot be combined, as those of masks, they
/// are scored separately. Those of several seeds are scored separately, since their spread is of interest.
package struct PartResults {
  private let run: RunDirectory
  private let parts: Experiment.Parts
  private let directories: [RunDirectory]
  private let metrics: MetricSet

  /// - Parameter directories: the finished parts, in order.
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
    let task = metrics.task.combined(try directories.map { try $0.fitted(metrics.task) })
    let tests = try tests(of: tables, task)
    let known = tables.flatMap(\.values)
    let layout = known.first?.layout ?? metrics.task.layout(.identity)
    guard known.allSatisfy({ $0.layout == layout }) else {
      throw FileError(
        path: run.path, reason: "the predictions of its \(parts.word)s have different columns")
    }

    var file = PredictionsFile(layout)
    var validation = Predictions(layout)
    for case (let part, let table?) in held {
      file.add(table, split: "validation", fold: part)
      validation.append(table)
    }
    var tested = Predictions(layout)
    for (part, table) in tests {
      file.add(table, split: "test", fold: part)
      tested.append(table)
    }
    try run.write([file.bytes], to: "predictions.csv")
    if let record = try task.fittedRecord() { try run.write([record.bytes], to: record.name) }
    // All parts use the same data.
    if directories[0].isFile(DataRecord.name) {
      try run.write(
        json: DataRecord.combined(directories.map { try $0.readData() }), to: DataRecord.name)
    }
    try writeLines()

    for (split, predictions) in [("test", tested), ("validation", validation)] {
      for file in try task.reportFiles(predictions, split: split)
        + task.exampleFiles(predictions, split: split, name: { _ in ExampleName() })
      {
        try run.write([file.bytes], to: file.name)
      }
    }
    var summary = try summarise(summaries, first)
    summary.record(metrics)
    summary.setWithoutExamples(["validation": validation, "test": tested], metrics.task)
    summary.scored = [
      "validation": ScoreBasis(
        examples: distinct(held.compactMap(\.table)), models: directories.count, by: .mean),
      "test": ScoreBasis(
        examples: distinct(tests.map(\.table)), models: directories.count,
        by: formEnsemble ? .ensemble : .mean),
    ]
    summary.scored?["validation"]?.fitted = first.scored?["validation"]?.fitted
    if parts.areFolds {
      summary.pooled = values(validation, "pooled", &summary)
    }
    if formEnsemble {
      summary.test = values(tested, "test", &summary)
      summary.setIntervals(metrics.intervals(tested), of: "test")
    }
    try run.write(json: summary, to: "summary.json")
    return summary
  }

  /// The rows of `predictions.csv` for the test set; part 0 is the ensemble of all models.
  private func tests(
    of tables: [[String: Predictions]], _ task: any Task
  ) throws -> [(part: Int, table: Predictions)] {
    let tests = tables.compactMap { $0["test"] }
    return formEnsemble
      ? [(0, try ensemble(tests, task))] : tests.enumerated().map { ($0.offset + 1, $0.element) }
  }

  /// Whether the models answer the test set together.
  private var formEnsemble: Bool {
    parts.areFolds && type(of: metrics.task).combinesPredictions
  }

  /// Distinct examples, regardless of how many models predicted them.
  private func distinct(_ tables: [Predictions]) -> Int {
    tables.reduce(into: Set<Int>()) { $0.formUnion($1.indices) }.count
  }

  /// Writes the epochs of all parts. Each training of one seed is unaware of the others.
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
    let unit: IntervalMethod.Unit = parts.areFolds ? .folds : .seeds
    func sum(_ count: (RunSummary.Examples) -> Int) -> Double {
      Double(summaries.reduce(0) { $0 + ($1.examples.map(count) ?? 0) })
    }
    let trained = sum(\.train)
    let validation = PartScores(
      summaries.map(\.validation), testShare: sum(\.validation) / trained, over: unit, metrics.facts
    )
    let test = PartScores(
      summaries.map(\.test), testShare: sum(\.test) / trained, over: unit, metrics.facts)
    var summary = RunSummary(
      status: first.status, identity: try run.readInfo().identity, dataset: first.dataset,
      parameters: first.parameters, epochs: summaries.map(\.epochs).max() ?? 0,
      bestEpoch: nil, validation: validation.means, test: [:])
    summary.validationSD = validation.deviations
    summary.setIntervals(validation.intervals, of: "validation")
    noteUndefined("validation", in: summaries, &summary)
    var counts = ["validation": validation.counts]
    let samples = summaries.compactMap(\.trainSample)
    if samples.count == summaries.count {
      let sample = PartScores(samples, testShare: 1, over: unit, metrics.facts)
      summary.trainSample = sample.means
      counts["train_sample"] = sample.counts
      noteUndefined("train_sample", in: summaries, &summary)
    }
    summary.baseline =
      PartScores(
        summaries.compactMap(\.baseline), testShare: 1, over: unit, metrics.facts
      ).means
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
      entry.trainSample = part.trainSample
      entry.undefined = part.undefined
      entry.end = part.end
      return entry
    }
    switch parts {
    case .folds:
      summary.folds = entries
      summary.singleModelTest = test.means
      summary.singleModelTestSD = test.deviations
      if !formEnsemble {
        // All models answer the same examples, so their spread gives no interval.
        noteUndefined("test", in: summaries, &summary)
        summary.test = test.means
        summary.testSD = test.deviations
        counts["test"] = test.counts
      }
    case .seeds:
      summary.seeds = entries
      noteUndefined("test", in: summaries, &summary)
      summary.test = test.means
      summary.testSD = test.deviations
      summary.setIntervals(test.intervals, of: "test")
      counts["test"] = test.counts
    }
    counts = counts.filter { !$0.value.isEmpty }
    summary.meansOver = counts.isEmpty ? nil : counts
    summary.examples = first.examples
    return summary
  }

  /// The metrics of all predictions together; reasons for undefined ones are recorded in the
  /// summary.
  private func values(
    _ predictions: Predictions, _ split: String, _ summary: inout RunSummary
  ) -> [String: Double] {
    var values: [String: Double] = [:]
    for item in metrics.values(predictions) {
      values[item.key] = item.value
      guard let reason = item.reason else { continue }
      var undefined = summary.undefined ?? [:]
      undefined[split, default: [:]][item.key] = reason
      summary.undefined = undefined
    }
    return values
  }

  /// Records in the summary why some parts have no value for a metric.
  private func noteUndefined(
    _ split: String, in summaries: [RunSummary], _ summary: inout RunSummary
  ) {
    let reasons = UndefinedParts(parts, summaries.map { $0.undefined?[split] ?? [:] }).reasons
    if reasons.isEmpty { return }
    summary.undefined = (summary.undefined ?? [:]).merging([split: reasons]) { $1 }
  }

  /// The combined predictions of the models.
  private func ensemble(_ tables: [Predictions], _ task: any Task) throws -> Predictions {
    guard let first = tables.first,
      tables.allSatisfy({ $0.indices == first.indices && $0.layout == first.layout })
    else { throw FileError(path: run.path, reason: "its folds predicted different test examples") }
    return task.average(tables)
  }
}

extension Experiment.Parts {
  fileprivate var areFolds: Bool { if case .folds = self { true } else { false } }
}
