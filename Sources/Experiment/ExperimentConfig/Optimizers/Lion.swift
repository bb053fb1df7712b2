/// Lion, as in the code that its authors published: steps of equal size in the direction of the
/// momentum's sign.
package struct Lion: OptimizerDefinition, ElementwiseUpdate {
  package static let schema = ComponentSchema.optimizer(
    "lion", learningRate: "1e-4",
    [
      Field(
        "betas", .list(of: .number(.belowOne), count: 2...2), default: "[0.9, 0.99]",
        doc: "Shares of the momentum in a step's direction, and in the next momentum."),
      Field(
        "weight_decay", .number(.nonNegative), default: "0",
        doc: "Decoupled weight decay: it shrinks the weights."),
    ],
    doc: "Lion (Chen and others, 2023); its learning rate is 3 to 10 times smaller than AdamW's.")

  package let learningRate: Double
  package var weightDecay: Double
  private let beta1: Double
  private let beta2: Double

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    let betas = try arguments.numbers("betas")
    (beta1, beta2) = (betas[0], betas[1])
    weightDecay = try arguments.number("weight_decay")
  }

  package var rule: UpdateRule { .elementwise(self) }
  package var state: [StateTensor] { [.firstMoment] }

  /// Rounds each product as `lion_pytorch.py` does: where the momentum is close to 0, its sign depends
  /// on it.
  package func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
    let direction = ElementwiseOperand.temporary("direction")
    let share = ElementwiseOperand.temporary("share")
    return shrinking(weightDecay, learningRate: learningRate) + [
      .copy(.state(.firstMoment), to: direction),
      .scale(direction, by: beta1),
      .copy(.gradient, to: share),
      .scale(share, by: 1 - beta1),
      .add(share, to: direction),
      .sign(direction),
      .add(direction, times: -learningRate, to: .parameter),
      .scale(.state(.firstMoment), by: beta2),
      .add(.gradient, times: 1 - beta2, to: .state(.firstMoment)),
    ]
  }
}
