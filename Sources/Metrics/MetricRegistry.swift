import ExperimentConfig

/// The metrics there are: one explicit list.
package enum MetricRegistry {
  package static let all: [any Metric.Type] = [
    Accuracy.self, TopKAccuracy.self, BalancedAccuracy.self, Precision.self, Recall.self, F1.self,
    ConfusionMatrixFile.self, RocAUC.self, AveragePrecision.self, LogLoss.self, Brier.self,
    ExpectedCalibrationError.self, CohenKappa.self, MatthewsCorrelation.self,
  ]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  /// What every output that shows metrics should say.
  package static let policy =
    "Metrics are pooled over all examples. Averages are over the classes that occur among the labels "
    + "or the predictions, as in scikit-learn. A ratio without anything to divide by counts as 0 "
    + "(zero_division = 0); a metric that the data does not define is left out, with the reason."
}
