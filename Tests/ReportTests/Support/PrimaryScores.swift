import Classification
import MultiLabel
import Regression
import Report
import Tasks

extension PrimaryScore {
  static let accuracy = PrimaryScore(
    MetricFacts(unit: .share, higherIsBetter: true), ClassificationTask.fit)
  static let averagePrecision = PrimaryScore(
    MetricFacts(unit: .share, higherIsBetter: true), MultiLabelTask.fit)

  /// - Parameter unit: of the target.
  static func rmse(_ unit: String?) -> PrimaryScore {
    PrimaryScore(MetricFacts(unit: .target(unit), higherIsBetter: false), RegressionTask.fit)
  }
}
