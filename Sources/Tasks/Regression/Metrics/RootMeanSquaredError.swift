import ExperimentConfig
import Tasks

struct RootMeanSquaredError: RegressionMetric {
  static let schema = ComponentSchema(
    "rmse",
    aliases: ["root_mean_squared_error", "root_mean_square_error"],
    doc:
      "The root of the mean squared error, in the unit of the target; for several targets, the "
      + "mean of their roots. Lower is better.")
  static let unit = MetricUnit.target(nil)
  static let higherIsBetter: Bool? = false

  init(_ arguments: Arguments) throws {}

  func value(_ column: Int, _ sample: RegressionSample) -> Double {
    sample.meanSquare(column).squareRoot()
  }
}
