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
  func objective(_ target: Objective.Operation, _ columns: [TargetDistribution]) -> Objective {
    let difference = Objective.Operation.absolute(.difference(.outputs, target))
    let small = Objective.Operation.capped(difference, at: delta)
    return Objective(
      .sum(
        .scaled(.product(small, small), by: 0.5),
        .scaled(.difference(difference, small), by: delta)))
  }

  /// The loss is convex in the answer, so a ternary search finds the minimum.
  func ofConstantAnswer(
    _ column: TargetDistribution, at index: Int, of columns: [TargetDistribution]
  ) -> Double {
    guard var low = column.values.first?.value, var high = column.values.last?.value else {
      return 0
    }
    func loss(_ answer: Double) -> Double {
      column.mean { value in
        let difference = abs(value - answer)
        let small = min(difference, delta)
        return 0.5 * small * small + delta * (difference - small)
      }
    }
    for _ in 0..<100 {
      let (left, right) = (low + (high - low) / 3, high - (high - low) / 3)
      if loss(left) <= loss(right) { high = right } else { low = left }
    }
    return loss((low + high) / 2)
  }
}
