import ExperimentConfig
import Statistics
import Tasks

extension RegressionTask {
  /// A paired bootstrap of the scores, which tests the RMSE, and Wilcoxon's signed-rank test of the
  /// absolute errors per example.
  package func pairedTests(_ pairs: PairedPredictions) -> [PairedTest] {
    let metrics = Self.metrics.compactMap { try? $0.init(.none) }
    var tests = bootstrap(pairs, metrics, tested: [primary])
    let losses = (absoluteErrors(pairs.a), absoluteErrors(pairs.b))
    let differences = zip(losses.0, losses.1).map { $1 - $0 }
    if let place = tests.firstIndex(where: { $0.key == "mae" }),
      differences.allSatisfy(\.isFinite)
    {
      let test = SignedRank(differences)
      tests[place].result = .init(
        name: "signed rank, \(test.method.rawValue)",
        detail: "\(NumberText.grouped(test.count)) examples differ", p: test.pValue)
    }
    return tests
  }

  /// The absolute error of each example, averaged over the targets.
  private func absoluteErrors(_ predictions: Predictions) -> [Double] {
    means(predictions) { abs($0) }
  }

  private func means(_ predictions: Predictions, _ value: (Double) -> Double) -> [Double] {
    let width = quantities.count
    return (0..<predictions.count).map { row in
      (0..<width).reduce(0) { sum, column in
        let place = row * width + column
        return sum + value(predictions.outputs[place] - Double(predictions.targets[place]))
      } / Double(width)
    }
  }

  /// Squared and absolute errors, as in the losses `mse` and `mae`.
  package func exampleLosses(_ predictions: Predictions) -> [[Double]] {
    [means(predictions) { $0 * $0 }, means(predictions) { abs($0) }]
  }
}
