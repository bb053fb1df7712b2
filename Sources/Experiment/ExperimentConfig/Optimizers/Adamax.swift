/// PyTorch's `Adamax`: Adam with the largest recent gradient in place of the second moment.
package struct Adamax: OptimizerDefinition, ElementwiseUpdate {
  package static let schema = ComponentSchema.optimizer(
    "adamax", learningRate: "2e-3",
    [
      .betas("[0.9, 0.999]"),
      Field(
        "eps", .number(.nonNegative), default: "1e-8", doc: "Added to the size of the gradient."),
      .weightDecay,
    ],
    doc: "Adamax (Kingma and Ba, 2015), as in PyTorch: Adam with an infinity norm.")

  private static let norm = StateTensor("exp_inf")

  package let learningRate: Double
  package var weightDecay: Double
  private let beta1: Double
  private let beta2: Double
  private let eps: Double

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    let betas = try arguments.numbers("betas")
    (beta1, beta2) = (betas[0], betas[1])
    eps = try arguments.number("eps")
    weightDecay = try arguments.number("weight_decay")
  }

  package var rule: UpdateRule { .elementwise(self) }
  package var state: [StateTensor] { [.firstMoment, Self.norm] }

  /// Follows the order of PyTorch's `_single_tensor_adamax`.
  package func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
    let norm = ElementwiseOperand.state(Self.norm)
    let rate = learningRate / (1 - power(beta1, step))
    return penalty(weightDecay) + [
      .interpolate(.state(.firstMoment), towards: .gradient, weight: 1 - beta1),
      .scale(norm, by: beta2),
      .absolute(.gradient),
      .addNumber(eps, to: .gradient),
      .maximum(norm, with: .gradient),
      .addQuotient(.state(.firstMoment), by: norm, times: -rate, to: .parameter),
    ]
  }
}
