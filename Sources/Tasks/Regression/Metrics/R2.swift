import ExperimentConfig
import Tasks

struct R2: RegressionMetric {
  static let schema = ComponentSchema(
    "r2",
    aliases: ["r2_score", "r_squared", "rsquared", "r_2"],
    doc:
      "The fraction of the variance of the targets that the outputs explain: 1 at best, 0 for "
      + "always predicting the mean, below 0 if worse. For several targets, the mean. Higher is "
      + "better.")
  static let unit = MetricUnit.shareOfVariance
  static let higherIsBetter: Bool? = true
  static let fewest = 2

  init(_ arguments: Arguments) throws {}

  func value(_ column: Int, _ sample: RegressionSample) -> Double { sample.r2(column) }
}
