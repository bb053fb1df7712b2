import ExperimentConfig
import Report
import RunRecord
import Tasks

/// The predictions of two runs for the same examples of one split, row by row.
package struct PairedSplit: Sendable {
  package let split: String
  let a: Predictions
  let b: Predictions
  /// Row numbers in A and B for the same example.
  let rows: [(Int, Int)]
  /// Whether an example was predicted by several models of a run.
  let isRepeated: Bool

  /// The pairs, or why there are none.
  static func make(
    _ split: String, _ a: ComparedRun, _ b: ComparedRun
  ) -> (pairs: PairedSplit?, reason: String?) {
    func refuse(_ reason: String) -> (PairedSplit?, String?) { (nil, reason) }
    if let reason = CommonGround.data(split, a, b) { return refuse(reason) }
    guard let first = a.evidence.predictions[split], let second = b.evidence.predictions[split]
    else { return refuse("there are no predictions") }
    let orders = (order(first), order(second))
    let indices = (orders.0.map { first.indices[$0] }, orders.1.map { second.indices[$0] })
    guard indices.0 == indices.1 else {
      return refuse(
        CommonGround.examples(split, a, b)
          ?? "different numbers of models predicted each \(split) example")
    }
    let rows = zip(orders.0, orders.1).map { ($0, $1) }
    if let row = rows.first(where: {
      !first.targets(at: $0.0).elementsEqual(second.targets(at: $0.1))
    }) {
      return refuse(
        "\(split) example \(first.indices[row.0]) has a different label in \(b.label) than in "
          + "\(a.label)")
    }
    let isRepeated = zip(indices.0, indices.0.dropFirst()).contains { $0 == $1 }
    return (
      PairedSplit(split: split, a: first, b: second, rows: rows, isRepeated: isRepeated), nil
    )
  }

  private static func order(_ table: Predictions) -> [Int] {
    let keys = Array(0..<table.count)
    let isSorted = zip(table.indices, table.indices.dropFirst()).allSatisfy { $0 < $1 }
    if isSorted { return keys }
    return keys.sorted {
      (table.indices[$0], table.folds[$0], $0) < (table.indices[$1], table.folds[$1], $1)
    }
  }

  /// Whether all predictions and probabilities are equal.
  var isIdentical: Bool {
    rows.allSatisfy { i, j in a.isSame(i, as: j, of: b) } && a.layout == b.layout
  }

  /// The predictions of both runs, in matching row order.
  var answers: PairedPredictions {
    PairedPredictions(
      a: a.selecting(rows.map(\.0)), b: b.selecting(rows.map(\.1)))
  }
}
