import Diagnostics

/// PyTorch's `SGD`.
package struct SGD: OptimizerDefinition {
  package static let schema = ComponentSchema.optimizer(
    "sgd", learningRate: "1e-3",
    [
      Field("momentum", .number(.nonNegative), default: "0", doc: "Momentum factor."),
      Field("dampening", .number(.any), default: "0", doc: "Dampening for momentum."),
      Field("weight_decay", .number(.nonNegative), default: "0", doc: "L2 penalty."),
      Field(
        "nesterov", .boolean, default: "false",
        doc: "Whether to use Nesterov momentum; needs momentum and no dampening."),
    ],
    doc: "Stochastic gradient descent.")

  package let learningRate: Double
  private var numbers: SGDRule
  private let nesterovRange: SourceRange?

  package var rule: UpdateRule { .sgd(numbers) }
  package var weightDecay: Double {
    get { numbers.weightDecay }
    set { numbers.weightDecay = newValue }
  }

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    numbers = SGDRule(
      momentum: try arguments.number("momentum"), dampening: try arguments.number("dampening"),
      weightDecay: try arguments.number("weight_decay"),
      usesNesterov: try arguments.boolean("nesterov"))
    nesterovRange = arguments.range("nesterov")
  }

  package func validate(into diagnostics: DiagnosticCollector) {
    guard numbers.usesNesterov, numbers.momentum == 0 || numbers.dampening != 0 else { return }
    diagnostics.error(
      "Nesterov momentum needs 'momentum' above 0 and no 'dampening'", at: nesterovRange)
  }
}

/// The hyperparameters of stochastic gradient descent.
package struct SGDRule: Hashable, Sendable {
  /// The fraction of the momentum buffer that is kept; at 0 there is no buffer.
  package let momentum: Double
  /// The fraction of a gradient that is not added to the buffer.
  package let dampening: Double
  package var weightDecay: Double
  /// Whether steps use Nesterov momentum.
  package let usesNesterov: Bool
}
