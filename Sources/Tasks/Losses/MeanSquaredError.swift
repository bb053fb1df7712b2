import DataSchema
import ExperimentConfig

struct MeanSquaredError: ColumnLoss {
  static let schema = ComponentSchema(
    "mse",
    doc: "Squared difference from the target, averaged over all outputs; classes are one-hot.")

  init(_ arguments: Arguments) throws {}

  static func fits(_ target: FieldKind) -> Bool {
    switch target {
    case .category, .numbers, .labelSet: true
    default: false
    }
  }

  func objective(_ target: Objective.Operation, _ columns: [TargetDistribution]) -> Objective {
    Objective(.squaredError(.outputs, target))
  }

  func ofConstantAnswer(
    _ column: TargetDistribution, at index: Int, of columns: [TargetDistribution]
  ) -> Double {
    let mean = column.mean
    return column.mean { ($0 - mean) * ($0 - mean) }
  }
}
