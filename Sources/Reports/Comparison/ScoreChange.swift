import ExperimentConfig
import Report
import RunRecord
import Statistics
import Tasks

/// A score of both runs, and whether the difference exceeds noise.
package struct ScoreChange: Sendable {
  package struct Test: Sendable {
    package var name: String
    /// For example `b = 22, c = 10`.
    package var detail: String
    package var p: Double
    /// The p value after Holm's correction over all tests of the split.
    package var adjusted: Double
  }

  package var split: String
  /// As in `summary.json`.
  package var key: String
  package var a: Double?
  package var b: Double?
  /// Standard deviation of A's score over folds or seeds; `nil` for a single training.
  package var deviationA: Double?
  /// Standard deviation of B's score over folds or seeds; `nil` for a single training.
  package var deviationB: Double?
  /// Confidence interval (95%) of B's score minus A's.
  package var interval: Interval?
  package var test: Test?
  package var higherIsBetter: Bool?
  /// Whether both scores are the same quantity, on the same examples and from the same kind of
  /// model.
  package var isComparable = true

  /// B minus A; `nil` if the two are not comparable.
  package var difference: Double? {
    guard isComparable, let a, let b else { return nil }
    return b - a
  }

  package var differs: Bool {
    if let a, let b { return a != b && !(a.isNaN && b.isNaN) }
    return (a == nil) != (b == nil)
  }

  /// Whether B's score is the better one; `nil` if they are equal or not comparable.
  package var isBBetter: Bool? {
    guard let difference, difference != 0, !difference.isNaN, let higherIsBetter else {
      return nil
    }
    return (difference > 0) == higherIsBetter
  }

  package static let alpha = 0.05

  package var isSignificant: Bool { test.map { $0.adjusted < Self.alpha } ?? false }

}

/// All scores of one split.
package struct ScoreTable: Sendable {
  package let split: String
  package let rows: [ScoreChange]
  /// Why nothing was tested; `nil` if something was.
  package let reason: String?
  /// What the tests are based on: examples, folds or seeds.
  package let basis: String
  /// Which scores are not comparable, and why; `nil` if all are.
  package var note: String?

  package var isEmpty: Bool { rows.isEmpty }

  package subscript(key: String) -> ScoreChange? { rows.first { $0.key == key } }

  init(split: String, rows: [ScoreChange], reason: String?, basis: String = "") {
    self.split = split
    self.rows = rows
    self.reason = reason
    self.basis = basis
  }

  /// How the intervals of the differences were computed; `nil` if there are none.
  package var intervalMethod: IntervalMethod? {
    rows.lazy.compactMap { $0.interval?.method }.first
  }

  /// The scores from both summaries, without tests.
  static func plain(_ split: String, _ a: ComparedRun, _ b: ComparedRun) -> [ScoreChange] {
    let isComparable = CommonGround.obstacle(split, a, b) == nil
    let scores = [a, b].map { $0.evidence.summary[split]?.object ?? [:] }
    let deviations = [a, b].map { $0.evidence.summary["\(split)_sd"]?.object ?? [:] }
    let all = Set(scores[0].keys).union(scores[1].keys)
    let primary = a.evidence.primary
    let first = ([primary, "loss"] + a.terms.scores.filter { $0 != primary }).filter(all.contains)
    let isSameLoss = CommonGround.losses(a, b) == nil
    return (first + all.subtracting(first).sorted()).map { key in
      var row = ScoreChange(
        split: split, key: key, a: scores[0][key]?.number, b: scores[1][key]?.number,
        deviationA: deviations[0][key]?.number, deviationB: deviations[1][key]?.number,
        higherIsBetter: (a.evidence.facts(of: key) ?? b.evidence.facts(of: key))?.higherIsBetter)
      row.isComparable = isComparable && (key != "loss" || isSameLoss)
      return row
    }.filter { $0.a != nil || $0.b != nil }
  }
}
