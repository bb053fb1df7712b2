import DataSchema
import ExperimentConfig
import Glibc

/// The model has two outputs per target: first all means, then as many numbers whose softplus are
/// the variances. Predictions are the means.
struct GaussianNLL: ColumnLoss {
  static let schema = ComponentSchema(
    "gaussian_nll",
    [
      Field(
        "full", .boolean, default: "false",
        doc: "Whether the constant ln(2π) / 2 is added."),
      Field(
        "eps", .number(.positive), default: "1e-6",
        doc: "The smallest variance, for stability; smaller ones count as this."),
    ], outputsPerTarget: 2,
    doc:
      "The negative log-likelihood of numbers that are normally distributed with a mean and a variance "
      + "that the model gives, averaged over all targets: PyTorch's GaussianNLLLoss. The model has two "
      + "outputs per target: first all means, then as many numbers v with the variances softplus(v) = "
      + "ln(1 + exp(v)). Predictions and metrics are of the means.")

  private let isFull: Bool
  private let epsilon: Double

  init(_ arguments: Arguments) throws {
    isFull = try arguments.boolean("full")
    epsilon = try arguments.number("eps")
  }

  static func fits(_ target: FieldKind) -> Bool {
    if case .numbers = target { true } else { false }
  }

  func outputCount(for count: Int) -> Int { Self.schema.outputsPerTarget * count }

  func prediction(for count: Int) -> Objective.Operation {
    .columns(.outputs, first: 0, count: count)
  }

  /// ½ (ln v + (mean − target)² / v), and ½ ln 2π if full.
  func term(_ targets: LossTargets) -> Objective.Term {
    let count = targets.width
    let mean = Objective.Operation.columns(.outputs, first: 0, count: count)
    let raw = Objective.Operation.columns(.outputs, first: count, count: count)
    let variance = Objective.Operation.floored(.softplus(raw), at: epsilon)
    let value = Objective.Operation.scaled(
      .sum(.logarithm(variance), .quotient(.squaredError(mean, targets.operation), variance)),
      by: 0.5)
    return Objective.Term(name, isFull ? .shifted(value, by: constant) : value)
  }

  private var constant: Double { isFull ? 0.5 * log(2 * .pi) : 0 }

  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double {
    let column = targets.columns[index]
    let mean = column.mean
    let spread = column.mean { ($0 - mean) * ($0 - mean) }
    let variance = max(spread, epsilon)
    return 0.5 * (log(variance) + spread / variance) + constant
  }
}
