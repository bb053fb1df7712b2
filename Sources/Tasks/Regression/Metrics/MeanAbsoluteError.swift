import ExperimentConfig
import Tasks

struct MeanAbsoluteError: RegressionMetric {
  static let schema = ComponentSchema(
    "mae",
    aliases: ["mean_absolute_error", "l1_error"],
    doc:
      "The mean absolute error, in the unit of the target; for several targets, the mean. Lower is "
      + "better.")
  static let unit = MetricUnit.target(nil)
  static let higherIsBetter: Bool? = false

  init(_ arguments: Arguments) throws {}

  func value(_ column: Int, _ sample: RegressionSample) -> Double { sample.meanMagnitude(column) }
}
