/// PyTorch's `Adadelta`: scales gradients by the running size of the changes over that of the gradients.
package struct Adadelta: OptimizerDefinition, ElementwiseUpdate {
  package static let schema = ComponentSchema.optimizer(
    "adadelta", learningRate: "1.0",
    [
      Field(
        "rho", .number(.unit), default: "0.9", doc: "Decay rate of the two running averages."),
      Field(
        "eps", .number(.nonNegative), default: "1e-6",
        doc: "Added to both running averages before their roots are taken."),
      .weightDecay,
    ],
    doc: "Adadelta (Zeiler, 2012), as in PyTorch.")

  private static let squares = StateTensor("square_avg")
  private static let changes = StateTensor("acc_delta")

  package let learningRate: Double
  package var weightDecay: Double
  private let rho: Double
  private let eps: Double

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    rho = try arguments.number("rho")
    eps = try arguments.number("eps")
    weightDecay = try arguments.number("weight_decay")
  }

  package var rule: UpdateRule { .elementwise(self) }
  package var state: [StateTensor] { [Self.squares, Self.changes] }

  /// Follows the order of PyTorch's `_single_tensor_adadelta`.
  package func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
    let squares = ElementwiseOperand.state(Self.squares)
    let changes = ElementwiseOperand.state(Self.changes)
    let deviation = ElementwiseOperand.temporary("deviation")
    let delta = ElementwiseOperand.temporary("delta")
    return penalty(weightDecay) + [
      .scale(squares, by: rho),
      .addProduct(.gradient, .gradient, times: 1 - rho, to: squares),
      .copy(squares, to: deviation),
      .addNumber(eps, to: deviation),
      .squareRoot(deviation),
      .copy(changes, to: delta),
      .addNumber(eps, to: delta),
      .squareRoot(delta),
      .divide(delta, by: deviation),
      .multiply(delta, by: .gradient),
      .scale(changes, by: rho),
      .addProduct(delta, delta, times: 1 - rho, to: changes),
      .add(delta, times: -learningRate, to: .parameter),
    ]
  }
}
