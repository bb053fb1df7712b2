/// PyTorch's `NAdam`: Adam with Nesterov momentum.
package struct NAdam: OptimizerDefinition, ElementwiseUpdate {
  package static let schema = ComponentSchema.optimizer(
    "nadam", learningRate: "2e-3",
    [
      .betas("[0.9, 0.999]"), .eps("1e-8"), .weightDecay,
      Field(
        "momentum_decay", .number(.nonNegative), default: "4e-3",
        doc: "How fast the momentum approaches the first of the betas."),
      .decoupledWeightDecay,
    ],
    doc: "NAdam (Dozat, 2016), as in PyTorch: Adam with Nesterov momentum.")

  package let learningRate: Double
  package var weightDecay: Double
  private let beta1: Double
  private let beta2: Double
  private let eps: Double
  private let momentumDecay: Double
  private let decouplesWeightDecay: Bool

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    let betas = try arguments.numbers("betas")
    (beta1, beta2) = (betas[0], betas[1])
    eps = try arguments.number("eps")
    weightDecay = try arguments.number("weight_decay")
    momentumDecay = try arguments.number("momentum_decay")
    decouplesWeightDecay = try arguments.boolean("decoupled_weight_decay")
  }

  package var rule: UpdateRule { .elementwise(self) }
  package var state: [StateTensor] { [.firstMoment, .secondMoment] }

  /// The share of the warm-up that is left in a step.
  private func warmUp(_ step: Int) -> Double { power(0.96, Double(step) * momentumDecay) }

  private func momentum(_ step: Int) -> Double { beta1 * (1 - 0.5 * warmUp(step)) }

  /// The product of the momenta of all steps up to this one, rounded to single precision after each, as PyTorch's.
  ///
  /// It is not part of the state, but computed again. It soon no longer changes 1 − product; if it does not, the
  /// momentum is nearly 1 and no longer grows, and what is left is a power of it.
  private func momentumProduct(_ step: Int) -> Double {
    var product: Float = 1
    for earlier in stride(from: 1, through: step, by: 1) {
      if earlier > 1000, 0.5 * warmUp(earlier) < 1e-17 {
        return Double(product) * power(beta1, step - earlier + 1)
      }
      product *= Float(momentum(earlier))
      if product < 1e-17 { return 0 }
    }
    return Double(product)
  }

  /// Follows the order of PyTorch's `_single_tensor_nadam`.
  package func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
    let denominator = ElementwiseOperand.temporary("denominator")
    let product = momentumProduct(step)
    let next = momentum(step + 1)
    let decay =
      decouplesWeightDecay
      ? shrinking(weightDecay, learningRate: learningRate) : penalty(weightDecay)
    return decay + [
      .interpolate(.state(.firstMoment), towards: .gradient, weight: 1 - beta1),
      .scale(.state(.secondMoment), by: beta2),
      .addProduct(.gradient, .gradient, times: 1 - beta2, to: .state(.secondMoment)),
      .copy(.state(.secondMoment), to: denominator),
      .scale(denominator, by: 1 / (1 - power(beta2, step))),
      .squareRoot(denominator),
      .addNumber(eps, to: denominator),
      .addQuotient(
        .gradient, by: denominator, times: -learningRate * (1 - momentum(step)) / (1 - product),
        to: .parameter),
      .addQuotient(
        .state(.firstMoment), by: denominator, times: -learningRate * next / (1 - product * next),
        to: .parameter),
    ]
  }
}
