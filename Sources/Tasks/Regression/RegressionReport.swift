import DataSchema
import Tasks

/// The errors for each target over all examples, as written to `regression_report.json`.
package struct RegressionReport: Sendable, Equatable, Encodable {
  package struct Row: Sendable, Equatable, Encodable {
    package var name: String
    package var unit: String?
    package var examples: Int
    /// The mean of the targets.
    package var mean: Double
    package var standardDeviation: Double
    /// The mean of the errors, output minus target.
    package var bias: Double
    package var rmse: Double
    package var mae: Double
    package var medianAbsoluteError: Double
    /// `nil` for a single example.
    package var r2: Double?

    enum CodingKeys: String, CodingKey {
      case name, unit, examples, mean, bias, rmse, mae, r2
      case standardDeviation = "standard_deviation"
      case medianAbsoluteError = "median_absolute_error"
    }
  }

  package var targets: [Row]

  /// Empty without examples, or if an output is not finite.
  package init(_ task: RegressionTask, _ predictions: Predictions) {
    let sample = RegressionSample(predictions)
    targets = []
    guard sample.count > 0, sample.isFinite else { return }
    let width = task.quantities.count
    let count = Double(sample.count)
    targets = task.quantities.enumerated().map { column, quantity in
      let values = (0..<sample.count).map { Double(predictions.targets[$0 * width + column]) }
      let outputs = (0..<sample.count).map { predictions.outputs[$0 * width + column] }
      let mean = NumpySum.sum(values) / count
      let variance = NumpySum.sum(values.map { ($0 - mean) * ($0 - mean) }) / count
      return Row(
        name: quantity.name, unit: quantity.unit, examples: sample.count, mean: mean,
        standardDeviation: variance.squareRoot(), bias: NumpySum.sum(outputs) / count - mean,
        rmse: sample.meanSquare(column).squareRoot(), mae: sample.meanMagnitude(column),
        medianAbsoluteError: sample.medianMagnitude(column),
        r2: sample.count < 2 ? nil : sample.r2(column))
    }
  }
}
