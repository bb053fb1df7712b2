import ExperimentConfig

/// The metrics there are: one explicit list.
package enum MetricRegistry {
  package static let all: [any Metric.Type] = [
    Accuracy.self, TopKAccuracy.self, BalancedAccuracy.self, Precision.self, Recall.self, F1.self,
    ConfusionMatrixFile.self, RocAUC.self, AveragePrecision.self, LogLoss.self, Brier.self,
    ExpectedCalibrationError.self, CohenKappa.self, MatthewsCorrelation.self,
  ]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  /// The metric that a key of `summary.json`, such as `f1_macro`, belongs to; `nil` for `loss` and for
  /// a key that no metric has.
  package static func metric(of key: String) -> (any Metric.Type)? {
    if key.hasPrefix("top_"), key.hasSuffix("_accuracy") { return TopKAccuracy.self }
    return all.filter { key == $0.schema.name || key.hasPrefix($0.schema.name + "_") }
      .max { $0.schema.name.count < $1.schema.name.count }
  }

  /// The values that a score can have. No loss is negative.
  package static func range(of key: String) -> ClosedRange<Double>? {
    key == "loss" ? 0 ... .infinity : metric(of: key)?.unit.range
  }

  /// The values that the difference of two scores can have.
  package static func differenceRange(of key: String) -> ClosedRange<Double>? {
    guard let range = range(of: key) else { return nil }
    let width = range.upperBound - range.lowerBound
    return -width...width
  }

  /// What every output that shows metrics should say.
  package static let policy =
    "Metrics are pooled over all examples. Averages are over the classes that occur among the labels "
    + "or the predictions, as in scikit-learn. A ratio without anything to divide by counts as 0 "
    + "(zero_division = 0); a metric that the data does not define is left out, with the reason."
}
