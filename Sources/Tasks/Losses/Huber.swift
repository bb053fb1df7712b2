import DataSchema
import ExperimentConfig

struct Huber: ColumnLoss {
  static let schema = ComponentSchema(
    "huber", main: "delta",
    [
      Field(
        "delta", .number(.positive), default: "1",
        doc: "Differences up to this are squared, larger ones count linearly.")
    ],
    doc: "Half the squared difference from the target up to delta, linear beyond it, averaged over "
      + "all outputs: PyTorch's HuberLoss.")

  private let delta: Double

  init(_ arguments: Arguments) throws { delta = try arguments.number("delta") }

  static func fits(_ target: FieldKind) -> Bool {
    if case .numbers = target { true } else { false }
  }

  /// ½ q² + δ (d − q) with d = |output − target| and q = min(d, δ).
  func term(_ targets: LossTargets) -> Objective.Term {
    let difference = Objective.Operation.absolute(.difference(.outputs, targets.operation))
    let small = Objective.Operation.capped(difference, at: delta)
    return Objective.Term(
      name,
      .sum(
        .scaled(.product(small, small), by: 0.5),
        .scaled(.difference(difference, small), by: delta)))
  }

  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double {
    targets.columns[index].bestConstant { answer, value in
      let difference = abs(value - answer)
      let small = min(difference, delta)
      return 0.5 * small * small + delta * (difference - small)
    }
  }
}
