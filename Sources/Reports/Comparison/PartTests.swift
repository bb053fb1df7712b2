import ExperimentConfig
import Report
import RunRecord
import Statistics
import Tasks

/// Tests over matching folds, or over the same seeds: Nadeau and Bengio's corrected resampled t
/// test, which accounts for repeated training on overlapping examples.
enum PartTests {

  private struct Part {
    var number: Int
    var `repeat`: Int
    var scores: [String: Double]
    var train: Int
    /// The number of examples that the scores are computed from.
    var answered: Int
  }

  /// Whether each fold or seed is scored separately on a split. Folds predict the test set jointly.
  static func areMeant(_ split: String, _ a: ComparedRun, _ b: ComparedRun) -> Bool {
    if a.parts.isEmpty, b.parts.isEmpty { return false }
    return split == "validation" || a.partWord == "seed" || b.partWord == "seed"
  }

  static func table(
    _ split: String, _ rows: [ScoreChange], _ a: ComparedRun, _ b: ComparedRun
  ) -> ScoreTable {
    let parts = (read(a, split), read(b, split))
    if let reason = mismatch(parts.0, parts.1, split, a, b) {
      return ScoreTable(split: split, rows: rows, reason: reason)
    }
    let share =
      Double(parts.0.reduce(0) { $0 + $1.answered }) / Double(parts.0.reduce(0) { $0 + $1.train })
    let tested = [a.evidence.primary, "loss"] + a.terms.scoresOverParts
    var reason: String?
    let result = rows.map { row in
      var row = row
      guard row.isComparable else { return row }
      let differences = zip(parts.0, parts.1).compactMap { a, b -> Double? in
        guard let x = a.scores[row.key], let y = b.scores[row.key] else { return nil }
        return y - x
      }
      guard differences.count == parts.0.count else { return row }
      let test = CorrectedResampledT(
        differences: differences, testShare: share, over: a.partWord == "seed" ? .seeds : .folds,
        within: a.evidence.facts(of: row.key)?.differenceRange)
      row.interval = test.interval
      if tested.contains(row.key) {
        if let p = test.pValue {
          let statistic = test.statistic.map { "t = \(NumberText.fixed($0, 3)), " } ?? ""
          row.test = .init(
            name: "corrected resampled t", detail: statistic + "\(test.degrees ?? 0) degrees",
            p: p, adjusted: p)
        } else {
          reason = test.reason
        }
      }
      return row
    }
    let isTested = result.contains { $0.test != nil }
    return ScoreTable(
      split: split, rows: PairedTests.adjusted(result),
      reason: isTested ? nil : reason ?? "no score is known for every \(a.partWord)",
      basis: "the same \(parts.0.count) \(a.partWord)s")
  }

  private static func read(_ run: ComparedRun, _ split: String) -> [Part] {
    let tested = run.evidence.summary["examples"]?["test"]?.integer ?? 0
    return run.parts.enumerated().map { place, value in
      Part(
        number: value[run.partWord]?.integer ?? place + 1, repeat: value["repeat"]?.integer ?? 0,
        scores: (value[split]?.object ?? [:]).compactMapValues(\.number),
        train: value["train_examples"]?.integer ?? 0,
        answered: split == "test" ? tested : value["validation_examples"]?.integer ?? 0)
    }.sorted { ($0.repeat, $0.number) < ($1.repeat, $1.number) }
  }

  /// Why the parts cannot be paired; `nil` if they can.
  private static func mismatch(
    _ first: [Part], _ second: [Part], _ split: String, _ a: ComparedRun, _ b: ComparedRun
  ) -> String? {
    if first.isEmpty || second.isEmpty {
      let (with, without) = first.isEmpty ? (b, a) : (a, b)
      let words = with.partWord == "fold" ? "in folds" : "with several seeds"
      return "\(with.label) was trained \(words), \(without.label) was not"
    }
    if a.partWord != b.partWord { return "one was trained in folds, the other with several seeds" }
    let words = "\(a.partWord)s"
    if first.count != second.count {
      return "the \(words) do not match: A has \(first.count), B has \(second.count)"
    }
    if zip(first, second).contains(where: { $0.number != $1.number || $0.repeat != $1.repeat }) {
      return a.partWord == "fold"
        ? "the folds do not match: they are numbered differently"
        : "the seeds do not match: A starts with \(first[0].number), B with \(second[0].number)"
    }
    if first.contains(where: { $0.train <= 0 || $0.answered <= 0 }) {
      return "summary.json of A does not say how many examples its \(words) have"
    }
    let (pairs, reason) = PairedSplit.make(split, a, b)
    guard let pairs else { return reason }
    let moved = pairs.rows.count { pairs.a.folds[$0.0] != pairs.b.folds[$0.1] }
    return moved == 0
      ? nil
      : "the \(words) do not match: \(NumberText.grouped(moved)) of "
        + "\(NumberText.grouped(pairs.rows.count)) examples are in a different \(a.partWord)"
  }
}
