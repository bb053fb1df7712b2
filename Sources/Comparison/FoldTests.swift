import ExperimentConfig
import Report
import RunRecord
import Statistics

/// Tests over matching folds: Nadeau and Bengio's corrected resampled t.
enum FoldTests {
  /// The scores that are tested; all that both have get an interval.
  private static let tested = ["accuracy", "f1_macro", "loss"]

  private struct Fold {
    var number: Int
    var part: Int
    var scores: [String: Double]
    var train: Int
    var validation: Int
  }

  static func table(
    _ rows: [ScoreChange], _ a: ComparedRun, _ b: ComparedRun
  ) -> ScoreTable {
    let folds = (read(a), read(b))
    if let reason = mismatch(folds.0, folds.1, a, b) {
      return ScoreTable(split: "validation", rows: rows, reason: reason)
    }
    let share =
      Double(folds.0.reduce(0) { $0 + $1.validation }) / Double(folds.0.reduce(0) { $0 + $1.train })
    var reason: String?
    let result = rows.map { row in
      var row = row
      let differences = zip(folds.0, folds.1).compactMap { a, b -> Double? in
        guard let x = a.scores[row.key], let y = b.scores[row.key] else { return nil }
        return y - x
      }
      guard differences.count == folds.0.count else { return row }
      let test = CorrectedResampledT(differences: differences, testShare: share)
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
      split: "validation", rows: PairedTests.adjusted(result),
      reason: isTested ? nil : reason ?? "no score is known of every fold",
      basis: "the same \(folds.0.count) folds")
  }

  private static func read(_ run: ComparedRun) -> [Fold] {
    run.folds.enumerated().map { place, value in
      Fold(
        number: value["fold"]?.integer ?? place + 1, part: value["repeat"]?.integer ?? 0,
        scores: (value["validation"]?.object ?? [:]).compactMapValues(\.number),
        train: value["train_examples"]?.integer ?? 0,
        validation: value["validation_examples"]?.integer ?? 0)
    }.sorted { ($0.part, $0.number) < ($1.part, $1.number) }
  }

  /// Why the folds cannot be laid beside each other; nothing where they can.
  private static func mismatch(
    _ first: [Fold], _ second: [Fold], _ a: ComparedRun, _ b: ComparedRun
  ) -> String? {
    if first.isEmpty || second.isEmpty {
      let (with, without) = first.isEmpty ? ("B", "A") : ("A", "B")
      return "\(with) was trained in folds, \(without) was not"
    }
    if first.count != second.count {
      return "the folds do not match: A has \(first.count), B has \(second.count)"
    }
    if zip(first, second).contains(where: { $0.number != $1.number || $0.part != $1.part }) {
      return "the folds do not match: they are numbered differently"
    }
    if first.contains(where: { $0.train <= 0 || $0.validation <= 0 }) {
      return "summary.json of A does not say how large its folds are"
    }
    let (pairs, reason) = PairedSplit.make("validation", a, b)
    guard let pairs else { return reason }
    let moved = pairs.rows.count { pairs.a.folds[$0.0] != pairs.b.folds[$0.1] }
    return moved == 0
      ? nil
      : "the folds do not match: \(NumberText.grouped(moved)) of "
        + "\(NumberText.grouped(pairs.rows.count)) examples are in another fold"
  }
}
