import Files
import Report
import RunRecord
import Tasks

/// Everything that differs between two runs, and what it means.
package struct RunDiff: Sendable {
  package let a: ComparedRun
  package let b: ComparedRun
  package let configuration: [ConfigurationChange]
  /// Facts about the code, including those that are equal.
  package let code: [FactChange]
  /// Facts about the environment, including those that are equal.
  package let environment: [FactChange]
  /// Facts about the data, including those that are equal.
  package let data: [FactChange]
  /// Timings, including those that are equal.
  package let timings: [FactChange]
  /// `nil` unless both held-out sets are known.
  package let moves: SplitMoves?
  /// Validation first, then test, for the splits that the summaries contain.
  package let scores: [ScoreTable]
  /// `nil` if the task has no scores per class, label or target, or if they are not comparable.
  package let parts: ComparedParts?
  /// By split, for splits with the same examples.
  package let changedExamples: [ChangedExamples]
  /// Why the losses of the two runs are different quantities; `nil` if they are the same.
  package let lossObstacle: String?
  package let weights: WeightsDiff
  package let curves: CurveDiff
  package let verdict: Verdict

  package init(_ a: RunDirectory, _ b: RunDirectory) {
    self.init(ComparedRun(a, label: "A"), ComparedRun(b, label: "B"))
  }

  init(_ a: ComparedRun, _ b: ComparedRun) {
    self.a = a
    self.b = b
    var configuration: [ConfigurationChange] = []
    if let first = a.configuration, let second = b.configuration {
      configuration = ConfigurationDiff.changes(first, second)
    }
    if [a, b].allSatisfy({ $0.evidence.fallback == nil }) {
      // A fallback data set that was not used changes nothing.
      for place in configuration.indices where configuration[place].path.hasPrefix("data.fallback")
      {
        configuration[place].kind = .cosmetic
      }
    }
    self.configuration = configuration
    code = Facts.code(a, b)
    environment = Facts.environment(a, b)
    data = Facts.data(a, b)
    timings = Facts.timings(a, b)
    moves = SplitMoves(a, b)
    lossObstacle = CommonGround.losses(a, b)
    var pairs: [String: PairedSplit] = [:]
    var tables: [ScoreTable] = []
    for split in ["validation", "test"] {
      let (pair, reason) = PairedSplit.make(split, a, b)
      pairs[split] = pair
      let rows = ScoreTable.plain(split, a, b)
      if rows.isEmpty { continue }
      var table = Self.table(split, rows, a, b, pair, reason)
      let hasLoss = rows.contains { $0.key == "loss" }
      let notes = [ComparedRun.withoutScores([a, b]), hasLoss ? lossObstacle : nil].compactMap(
        \.self)
      table.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
      tables.append(table)
    }
    scores = tables
    parts = ComparedParts(a, b, pairs)
    changedExamples = ["validation", "test"].compactMap { split in
      pairs[split].flatMap { ChangedExamples($0, a) }
    }
    weights = WeightsDiff(a, b)
    curves = CurveDiff(a.evidence.epochs, b.evidence.epochs)
    verdict = Verdict(
      VerdictBasis(
        a: a, b: b, configuration: configuration, facts: code + data + environment, scores: scores,
        weights: weights, curves: curves, moves: moves,
        samePredictions: Self.samePredictions(a, b, pairs)))
  }

  /// The terms that comparisons use for A's task.
  package var terms: ComparisonTerms { a.terms }

  package var isSame: Bool { verdict.outcome == .identical }

  static func table(
    _ split: String, _ rows: [ScoreChange], _ a: ComparedRun, _ b: ComparedRun,
    _ pair: PairedSplit?, _ reason: String?
  ) -> ScoreTable {
    func untested(_ reason: String) -> ScoreTable {
      ScoreTable(split: split, rows: rows, reason: reason)
    }
    for run in [a, b] where run.evidence.status != "finished" {
      return untested("\(run.label) has not finished")
    }
    if PartTests.areMeant(split, a, b) { return PartTests.table(split, rows, a, b) }
    if let obstacle = CommonGround.obstacle(split, a, b) { return untested(obstacle) }
    guard let pair else { return untested(reason ?? "the examples are not known") }
    if pair.isRepeated {
      return untested("several models predicted each \(split) example")
    }
    return PairedTests.table(rows, pair, a, b)
  }

  /// `nil` if neither run has predictions.
  private static func samePredictions(
    _ a: ComparedRun, _ b: ComparedRun, _ pairs: [String: PairedSplit]
  ) -> Bool? {
    let splits = Set(a.evidence.predictions.keys).union(b.evidence.predictions.keys)
    if splits.isEmpty { return nil }
    return splits.allSatisfy { split in
      // Equal files need no pairing, for example when the data of a run is unknown.
      a.evidence.predictions[split] == b.evidence.predictions[split]
        || pairs[split]?.isIdentical ?? false
    }
  }
}
