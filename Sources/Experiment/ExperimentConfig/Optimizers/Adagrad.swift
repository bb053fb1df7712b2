/// PyTorch's `Adagrad`: divides gradients by the root of the sum of all their squares so far.
package struct Adagrad: OptimizerDefinition, ElementwiseUpdate {
  package static let schema = ComponentSchema.optimizer(
    "adagrad", learningRate: "1e-2",
    [
      Field(
        "lr_decay", .number(.nonNegative), default: "0",
        doc: "In step t, the learning rate is divided by 1 + (t − 1) · lr_decay."),
      .weightDecay,
      Field(
        "initial_accumulator_value", .number(.nonNegative), default: "0",
        doc: "What the sums of squares are before the first step."),
      .eps("1e-10"),
    ],
    doc: "Adagrad (Duchi, Hazan and Singer, 2011), as in PyTorch.")

  package let learningRate: Double
  package var weightDecay: Double
  private let rateDecay: Double
  private let squareSum: StateTensor
  private let eps: Double

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    rateDecay = try arguments.number("lr_decay")
    weightDecay = try arguments.number("weight_decay")
    squareSum = StateTensor(
      "sum", initialValue: try arguments.number("initial_accumulator_value"))
    eps = try arguments.number("eps")
  }

  package var rule: UpdateRule { .elementwise(self) }
  package var state: [StateTensor] { [squareSum] }

  /// Follows the order of PyTorch's `_single_tensor_adagrad`.
  package func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
    let sum = ElementwiseOperand.state(squareSum)
    let root = ElementwiseOperand.temporary("root")
    let rate = learningRate / (1 + Double(step - 1) * rateDecay)
    return penalty(weightDecay) + [
      .addProduct(.gradient, .gradient, to: sum),
      .copy(sum, to: root),
      .squareRoot(root),
      .addNumber(eps, to: root),
      .addQuotient(.gradient, by: root, times: -rate, to: .parameter),
    ]
  }
}
