import DataSchema
import Figures
import Tasks

extension RegressionTask {
  package func partScores(_ runs: [Predictions?]) -> PartScores? {
    let values = runs.map { run -> [Double?]? in
      let rows = run.map { RegressionReport(self, $0).targets } ?? []
      return rows.isEmpty ? nil : rows.map(\.rmse)
    }
    guard values.contains(where: { $0 != nil }) else { return nil }
    return PartScores(
      title: "RMSE of each target", score: "RMSE", areShares: false,
      names: quantities.map { $0.name + ($0.unit.map { ", \($0)" } ?? "") }, values: values)
  }

  /// The distribution of the absolute errors for each target and run.
  package func comparisonDrawings(_ runs: [ComparedAnswers], split: String) -> [Drawing] {
    quantities.indices.compactMap { column in
      let name = quantities.count == 1 ? "compare_errors" : "compare_errors_\(column + 1)"
      return ErrorCurves(
        name: name, quantity: quantities[column], split: split,
        runs: runs.map { ($0.run, absoluteErrors($0.predictions, column: column)) }
      ).drawing()
    }
  }

  /// The finite absolute errors, ascending.
  private func absoluteErrors(_ predictions: Predictions, column: Int) -> [Double] {
    (0..<predictions.count).map { row in
      let place = row * quantities.count + column
      return abs(predictions.outputs[place] - Double(predictions.targets[place]))
    }.filter(\.isFinite).sorted()
  }
}
