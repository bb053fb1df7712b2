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

  func term(_ targets: LossTargets) -> Objective.Term {
    Objective.Term(name, .squaredError(.outputs, targets.operation))
  }

  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double {
    let column = targets.columns[index]
    let mean = column.mean
    return column.mean { ($0 - mean) * ($0 - mean) }
  }
}
