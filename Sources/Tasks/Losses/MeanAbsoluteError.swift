import DataSchema
import ExperimentConfig

struct MeanAbsoluteError: ColumnLoss {
  static let schema = ComponentSchema(
    "mae",
    doc: "Absolute difference from the target, averaged over all outputs: PyTorch's L1Loss.")

  init(_ arguments: Arguments) throws {}

  static func fits(_ target: FieldKind) -> Bool {
    if case .numbers = target { true } else { false }
  }

  func objective(_ target: Objective.Operation, _ columns: [TargetDistribution]) -> Objective {
    Objective(.absolute(.difference(.outputs, target)))
  }

  func ofConstantAnswer(
    _ column: TargetDistribution, at index: Int, of columns: [TargetDistribution]
  ) -> Double {
    let median = column.median
    return column.mean { abs($0 - median) }
  }
}
