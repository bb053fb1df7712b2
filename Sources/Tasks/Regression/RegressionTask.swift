import DataSchema
import ExperimentConfig
import Tasks

/// Predicts one or more numbers for each example.
package struct RegressionTask: Task {
  package static let name = "regression"
  package static let doc = "One or more numbers per example."
  package static let policy =
    "Metrics are pooled over all examples; for several targets they are the mean over them, as in "
    + "scikit-learn's uniform average. A metric that is undefined for the data is left out, with "
    + "the reason."
  package static let metrics: [any Metric.Type] = [
    RootMeanSquaredError.self, MeanAbsoluteError.self, R2.self, MedianAbsoluteError.self,
  ]
  package static let primaryKey = "rmse"
  package static let defaultLoss = "mse"
  package static let defaultMetrics = "[rmse, mae, r2]"

  package let target: DataField
  package let quantities: [Quantity]

  package init?(_ target: DataField) {
    guard case .numbers(let quantities) = target.kind, !quantities.isEmpty else { return nil }
    self.target = target
    self.quantities = quantities
  }

  package init(layout: PredictionLayout) {
    quantities = layout.targets.map { Quantity($0) }
    target = DataField("numbers", .numbers(quantities))
  }

  package var outputCount: Int { quantities.count }
  package var primaryMetric: any Metric { RootMeanSquaredError() }
  package var lossTarget: Objective.Operation { .targets }
  package var runningScore: RunningScore? { nil }

  package func layout(_ link: ScoreLink) -> PredictionLayout {
    Self.layout(quantities.map(\.name))
  }

  private static let suffix = "_predicted"

  private static func layout(_ names: [String]) -> PredictionLayout {
    PredictionLayout(
      targets: names, answers: [], probabilities: [], outputs: names.map { $0 + suffix },
      link: .identity, limit: nil)
  }

  package static func layout(ofHeading columns: [String]) -> PredictionLayout? {
    let own = columns.dropFirst(PredictionLayout.fixedColumns.count)
    guard !own.isEmpty, own.count.isMultiple(of: 2) else { return nil }
    let layout = layout(Array(own.prefix(own.count / 2)))
    return layout.columns == columns ? layout : nil
  }

  package func answers(_ outputs: [Double], _ layout: PredictionLayout) -> [Int] { [] }

  package func sample(_ predictions: Predictions) -> any ScoredSample {
    RegressionSample(predictions)
  }

  package var rightAnswers: Predictions {
    let values = (0..<3).flatMap { row in quantities.map { _ in Float(row) } }
    return Predictions(
      layout(.identity), folds: [0, 0, 0], indices: [0, 1, 2], targets: values, answers: [],
      outputs: values.map(Double.init))
  }

  package func strata(_ targets: Targets) -> [Int32]? { nil }

  package func lossColumns(_ targets: Targets) -> [TargetDistribution] {
    quantities.indices.map { TargetDistribution(targets.column($0)) }
  }

  /// The RMSE of always predicting the mean.
  package func baseline(_ targets: Targets) -> [String: Double] {
    if targets.count == 0 { return [:] }
    let deviations = lossColumns(targets).map { column in
      let mean = column.mean
      return column.mean { ($0 - mean) * ($0 - mean) }.squareRoot()
    }
    return ["rmse": deviations.reduce(0, +) / Double(deviations.count)]
  }

  package func withoutExamples(_ predictions: Predictions) -> [Int] { [] }

  package func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile] {
    let suffix = split == "test" ? "" : "_\(split)"
    return [
      try ReportFile(
        "regression_report\(suffix).json", json: RegressionReport(self, predictions))
    ]
  }
}

extension RootMeanSquaredError {
  init() {}
}
