import DataSchema
import Tasks

/// What a model card says about numbers.
extension RegressionTask {
  package var partNames: [String] {
    quantities.map { $0.name + ($0.unit.map { ", \($0)" } ?? "") }
  }

  package var partMetrics: [PartMetric] {
    [
      PartMetric("RMSE", RootMeanSquaredError()), PartMetric("MAE", MeanAbsoluteError()),
      PartMetric("R²", R2()),
    ]
  }

  package func balance(_ targets: Targets, _ rows: [Int]) -> TargetBalance {
    TargetBalance(
      numbers: quantities.indices.map { column in
        TargetBalance.Numbers(
          rows.map { row in
            let values = targets[row]
            return values[values.startIndex + column]
          })
      })
  }
}

extension MeanAbsoluteError {
  init() {}
}

extension R2 {
  init() {}
}
