import DataSchema
import ExperimentConfig

struct SmoothL1: ColumnLoss {
  static let schema = ComponentSchema(
    "smooth_l1", main: "beta",
    [
      Field(
        "beta", .number(.nonNegative), default: "1",
        doc: "Differences below this are squared; with 0 the loss is mae.")
    ],
    doc: "The squared difference to the target over 2 beta where it is small, and the absolute "
      + "difference minus beta / 2 beyond, averaged over all outputs: PyTorch's SmoothL1Loss.")

  private let beta: Double

  init(_ arguments: Arguments) throws { beta = try arguments.number("beta") }

  static func fits(_ target: FieldKind) -> Bool {
    if case .numbers = target { true } else { false }
  }

  /// q² / 2β + (d − q) with d = |output − target| and q = min(d, β).
  func term(_ targets: LossTargets) -> Objective.Term {
    let difference = Objective.Operation.absolute(.difference(.outputs, targets.operation))
    if beta == 0 { return Objective.Term(name, difference) }
    let small = Objective.Operation.capped(difference, at: beta)
    return Objective.Term(
      name,
      .sum(.scaled(.product(small, small), by: 0.5 / beta), .difference(difference, small)))
  }

  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double {
    targets.columns[index].bestConstant { answer, value in
      let difference = abs(value - answer)
      let small = min(difference, beta)
      return (beta > 0 ? 0.5 * small * small / beta : 0) + difference - small
    }
  }
}
