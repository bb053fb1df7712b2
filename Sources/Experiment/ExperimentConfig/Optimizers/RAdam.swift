/// PyTorch's `RAdam`: Adam whose second moment is used once enough gradients have been seen.
package struct RAdam: OptimizerDefinition, ElementwiseUpdate {
  package static let schema = ComponentSchema.optimizer(
    "radam", learningRate: "1e-3",
    [.betas("[0.9, 0.999]"), .eps("1e-8"), .weightDecay, .decoupledWeightDecay],
    doc: "RAdam (Liu and others, 2020), as in PyTorch: Adam with a rectified second moment.")

  package let learningRate: Double
  package var weightDecay: Double
  private let beta1: Double
  private let beta2: Double
  private let eps: Double
  private let decouplesWeightDecay: Bool

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    let betas = try arguments.numbers("betas")
    (beta1, beta2) = (betas[0], betas[1])
    eps = try arguments.number("eps")
    weightDecay = try arguments.number("weight_decay")
    decouplesWeightDecay = try arguments.boolean("decoupled_weight_decay")
  }

  package var rule: UpdateRule { .elementwise(self) }
  package var state: [StateTensor] { [.firstMoment, .secondMoment] }

  /// The factor by which the variance is rectified; `nil` as long as too few gradients have been seen.
  private func rectification(_ step: Int) -> Double? {
    let longest = 2 / (1 - beta2) - 1
    let decayed = power(beta2, step)
    let length = longest - 2 * Double(step) * decayed / (1 - decayed)
    guard length > 5 else { return nil }
    let share =
      (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return share.squareRoot()
  }

  /// The formula of PyTorch's `_single_tensor_radam`, with the factors of a step multiplied first.
  package func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
    let denominator = ElementwiseOperand.temporary("denominator")
    let rate = learningRate / (1 - power(beta1, step))
    var operations =
      decouplesWeightDecay
      ? shrinking(weightDecay, learningRate: learningRate) : penalty(weightDecay)
    operations += [
      .interpolate(.state(.firstMoment), towards: .gradient, weight: 1 - beta1),
      .scale(.state(.secondMoment), by: beta2),
      .addProduct(.gradient, .gradient, times: 1 - beta2, to: .state(.secondMoment)),
    ]
    guard let rectification = rectification(step) else {
      return operations + [.add(.state(.firstMoment), times: -rate, to: .parameter)]
    }
    let correction = (1 - power(beta2, step)).squareRoot()
    return operations + [
      .copy(.state(.secondMoment), to: denominator),
      .squareRoot(denominator),
      .addNumber(eps, to: denominator),
      .addQuotient(
        .state(.firstMoment), by: denominator, times: -rate * correction * rectification,
        to: .parameter),
    ]
  }
}
