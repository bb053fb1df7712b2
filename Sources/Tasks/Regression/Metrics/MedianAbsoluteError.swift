import ExperimentConfig
import Tasks

struct MedianAbsoluteError: RegressionMetric {
  static let schema = ComponentSchema(
    "median_absolute_error",
    aliases: ["medae", "median_error"],
    doc:
      "The median of the absolute errors, in the unit of the target: half of the errors are "
      + "smaller. For several targets, the mean. Lower is better.")
  static let unit = MetricUnit.target(nil)
  static let higherIsBetter: Bool? = false

  init(_ arguments: Arguments) throws {}

  func value(_ column: Int, _ sample: RegressionSample) -> Double { sample.medianMagnitude(column) }
}
