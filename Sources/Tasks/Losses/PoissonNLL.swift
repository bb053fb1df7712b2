import DataSchema
import ExperimentConfig
import Glibc

struct PoissonNLL: ColumnLoss {
  static let schema = ComponentSchema(
    "poisson_nll",
    [
      Field(
        "log_input", .boolean, default: "true",
        doc:
          "Whether the model's outputs are logarithms of the expected counts; predictions are then "
          + "their exponentials. If false, they are the expected counts and must not be negative."),
      Field(
        "full", .boolean, default: "false",
        doc: "Whether Stirling's approximation of ln(target!) is added for targets above 1."),
      Field(
        "eps", .number(.positive), default: "1e-8",
        doc: "Added to an expected count before its logarithm is taken, without log_input."),
    ],
    doc:
      "The negative log-likelihood of counts that are Poisson distributed, averaged over all outputs: "
      + "PyTorch's PoissonNLLLoss.")

  private let logInput: Bool
  private let isFull: Bool
  private let epsilon: Double

  init(_ arguments: Arguments) throws {
    logInput = try arguments.boolean("log_input")
    isFull = try arguments.boolean("full")
    epsilon = try arguments.number("eps")
  }

  static func fits(_ target: FieldKind) -> Bool {
    if case .numbers = target { true } else { false }
  }

  func prediction(for count: Int) -> Objective.Operation {
    logInput ? .exponential(.outputs) : .outputs
  }

  func term(_ targets: LossTargets) -> Objective.Term {
    Objective.Term(
      name,
      .poisson(
        .outputs, targets.operation, logInput: logInput, isFull: isFull, epsilon: epsilon))
  }

  func undefinedReason(_ targets: LossTargets) -> String? {
    guard let index = targets.columns.firstIndex(where: { ($0.values.first?.value ?? 0) < 0 })
    else { return nil }
    return "'\(name)' needs counts, and \(targets.nameText(index)) is "
      + "\(NumberText.short(targets.columns[index].values[0].value)) in a training example"
  }

  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double {
    let column = targets.columns[index]
    let mean = column.mean
    let shift = logInput ? 0 : epsilon
    return mean - (mean > 0 ? mean * log(mean + shift) : 0)
      + (isFull ? column.mean { $0 > 1 ? $0 * log($0) - $0 + 0.5 * log(2 * .pi * $0) : 0 } : 0)
  }
}

extension LossTargets {
  /// `'name'`, or the number of a column without one.
  func nameText(_ index: Int) -> String {
    names.indices.contains(index) ? "'\(names[index])'" : "target \(index)"
  }
}
