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

  func term(_ targets: LossTargets) -> Objective.Term {
    Objective.Term(name, .absolute(.difference(.outputs, targets.operation)))
  }

  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double {
    let column = targets.columns[index]
    let median = column.median
    return column.mean { abs($0 - median) }
  }
}
