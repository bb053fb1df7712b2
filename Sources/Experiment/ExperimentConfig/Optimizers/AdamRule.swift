/// The hyperparameters of Adam and AdamW, which share their arguments and a kernel.
package struct AdamRule: Hashable, Sendable {
  /// The decay rate of the first moment, the running average of the gradients.
  package let beta1: Double
  /// The decay rate of the second moment, the running average of their squares.
  package let beta2: Double
  /// Added to the denominator for numerical stability.
  package let eps: Double
  package var weightDecay: Double
  /// Whether the decay is decoupled: it shrinks the weights and does not change the gradients.
  package let decouplesWeightDecay: Bool
  /// Whether the largest second moment so far is used (AMSGrad).
  package let usesLargestSecondMoment: Bool
}

extension AdamRule {
  init(_ arguments: Arguments, decouplesWeightDecay: Bool) throws {
    let betas = try arguments.numbers("betas")
    beta1 = betas[0]
    beta2 = betas[1]
    eps = try arguments.number("eps")
    weightDecay = try arguments.number("weight_decay")
    usesLargestSecondMoment = try arguments.boolean("amsgrad")
    self.decouplesWeightDecay = decouplesWeightDecay
  }

  static func fields(weightDecay: String) -> [Field] {
    let beta = NumberLimits(minimum: 0, maximum: 1, excludesMaximum: true)
    return [
      Field(
        "betas", .list(of: .number(beta), count: 2...2), default: "[0.9, 0.999]",
        doc: "Decay rates of the running averages of the gradient and its square."),
      Field(
        "eps", .number(.nonNegative), default: "1e-8",
        doc: "Added to the denominator for numerical stability."),
      Field(
        "weight_decay", .number(.nonNegative), default: weightDecay,
        doc: "Weight decay factor."),
      Field(
        "amsgrad", .boolean, default: "false",
        doc: "Whether to use the largest second moment so far."),
    ]
  }
}
