import DataSchema
import ExperimentConfig
import Statistics
import Tasks

extension RegressionTask {
  package static let comparison = ComparisonTerms(
    scores: ["rmse", "mae", "r2"], part: "target", parts: "targets",
    changesTitle: "Largest changes in error", changesKey: "most_changed")

  /// The errors for each target, and the signed-rank test of its absolute errors.
  package func partChanges(
    _ a: Predictions, _ b: Predictions, pairs: PairedPredictions?
  ) -> PartChanges? {
    let reports = (RegressionReport(self, a).targets, RegressionReport(self, b).targets)
    guard !reports.0.isEmpty, reports.0.count == reports.1.count else { return nil }
    let changes = pairs.map { pairs in
      quantities.indices.map { absoluteErrorChanges(pairs, column: $0).filter { $0 != 0 } }
    }
    let rows = zip(reports.0, reports.1).enumerated().map { column, report in
      let (x, y) = report
      // A positive change means that A is closer.
      let closerA = changes.map { $0[column].count { $0 > 0 } }
      let closerB = changes.map { $0[column].count { $0 < 0 } }
      return PartChanges.Row(
        name: x.name + (x.unit.map { ", \($0)" } ?? ""),
        scores: [.init(x.rmse, y.rmse), .init(x.mae, y.mae)], onlyA: closerA, onlyB: closerB,
        differs: x != y || (closerA ?? 0) > 0 || (closerB ?? 0) > 0,
        json: [
          "name": .string(x.name), "unit": x.unit.map(JSONValue.string) ?? .null,
          "a": Self.json(x), "b": Self.json(y),
        ])
    }
    return PartChanges(
      scores: ["RMSE", "MAE"], areShares: false, rows: rows,
      counts: .init(
        both: "A/B closer", a: "A closer", b: "B closer", keyA: "a_closer", keyB: "b_closer"),
      test:
        "p is from the signed-rank test of the absolute errors, with Holm's correction over the "
        + "targets.",
      tests: quantities.indices.map { column in
        changes.map { SignedRank($0[column]).pValue }
      })
  }

  private static func json(_ row: RegressionReport.Row) -> JSONValue {
    [
      "rmse": .number(row.rmse), "mae": .number(row.mae),
      "median_absolute_error": .number(row.medianAbsoluteError), "bias": .number(row.bias),
      "r2": row.r2.map(JSONValue.number) ?? .null,
    ]
  }

  /// B's absolute error minus A's, for each example.
  private func absoluteErrorChanges(_ pairs: PairedPredictions, column: Int) -> [Double] {
    let width = quantities.count
    func error(_ predictions: Predictions, _ row: Int) -> Double {
      let place = row * width + column
      return abs(predictions.outputs[place] - Double(predictions.targets[place]))
    }
    return (0..<pairs.count).map { error(pairs.b, $0) - error(pairs.a, $0) }
  }

  /// The examples by the change of their absolute error, largest first; with several targets, by
  /// the mean of the changes in units of each target's standard deviation.
  package func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges? {
    let isSingle = quantities.count == 1
    let scales = isSingle ? [1] : deviations(pairs.a)
    let columns = quantities.indices.map { absoluteErrorChanges(pairs, column: $0) }
    let changes = (0..<pairs.count).map { row in
      columns.indices.reduce(0) { $0 + columns[$1][row] / scales[$1] } / Double(columns.count)
    }
    let order = changes.indices.filter { changes[$0].isFinite && changes[$0] != 0 }
      .map { (row: $0, index: pairs.a.indices[$0], fold: pairs.a.folds[$0]) }
      .sorted {
        (-abs(changes[$0.row]), $0.index, $0.fold) < (-abs(changes[$1.row]), $1.index, $1.fold)
      }
    let closerA = order.count { changes[$0.row] > 0 }
    let closerB = order.count - closerA
    return AnswerChanges(
      total: pairs.count,
      examples: order.map { row, index, fold in
        let change = changes[row]
        let target = text(pairs.a.targets(at: row).map(Double.init))
        let size = isSingle ? " by \(NumberText.fixed(abs(change), 4))" : ""
        return AnswerChange(
          index: index, fold: fold, target: target, a: text(Array(pairs.a.outputs(at: row))),
          b: text(Array(pairs.b.outputs(at: row))),
          note: (change > 0 ? "A closer" : "B closer") + size, caption: "\(index): \(target)",
          json: [
            "target": .array(pairs.a.targets(at: row).map { .number($0.asWritten) }),
            "a": .array(pairs.a.outputs(at: row).map(JSONValue.number)),
            "b": .array(pairs.b.outputs(at: row).map(JSONValue.number)),
            "error_change": .number(change),
          ])
      },
      balance: "\(NumberText.grouped(closerA)) closer in A, \(NumberText.grouped(closerB)) in B",
      counts: ["a_closer": closerA, "b_closer": closerB],
      heading: isSingle ? "target" : "targets", areNumbers: true)
  }

  /// The standard deviation of each target; 1 if it is 0 or not finite.
  private func deviations(_ predictions: Predictions) -> [Double] {
    lossColumns(Targets(predictions.targets, width: quantities.count)).map { column in
      let mean = column.mean
      let deviation = column.mean { ($0 - mean) * ($0 - mean) }.squareRoot()
      return deviation > 0 && deviation.isFinite ? deviation : 1
    }
  }

  /// The first three numbers; more would not fit in a table.
  private func text(_ values: [Double]) -> String {
    values.prefix(3).map { NumberText.fixed($0, 4) }.joined(separator: " ")
      + (values.count > 3 ? " …" : "")
  }
}
