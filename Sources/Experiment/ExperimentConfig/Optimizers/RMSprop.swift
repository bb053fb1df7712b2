/// PyTorch's `RMSprop`: divides gradients by the root of the running average of their squares.
package struct RMSprop: OptimizerDefinition, ElementwiseUpdate {
  package static let schema = ComponentSchema.optimizer(
    "rmsprop", learningRate: "1e-2",
    [
      Field(
        "alpha", .number(NumberLimits(minimum: 0, maximum: 1, excludesMaximum: true)),
        default: "0.99", doc: "Decay rate of the running averages."),
      Field(
        "eps", .number(.nonNegative), default: "1e-8",
        doc: "Added to the denominator for numerical stability."),
      Field("weight_decay", .number(.nonNegative), default: "0", doc: "L2 penalty."),
      Field("momentum", .number(.nonNegative), default: "0", doc: "Momentum factor."),
      Field(
        "centered", .boolean, default: "false",
        doc: "Whether to divide gradients by their running standard deviation."),
    ],
    doc: "RMSprop (Hinton, 2012) as in PyTorch; centered as in Graves (2013).")

  private static let squareAverage = StateTensor("square_avg")
  private static let gradientAverage = StateTensor("grad_avg")

  package let learningRate: Double
  package var weightDecay: Double
  private let alpha: Double
  private let eps: Double
  private let momentum: Double
  private let isCentered: Bool

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    alpha = try arguments.number("alpha")
    eps = try arguments.number("eps")
    weightDecay = try arguments.number("weight_decay")
    momentum = try arguments.number("momentum")
    isCentered = try arguments.boolean("centered")
  }

  package var rule: UpdateRule { .elementwise(self) }

  package var state: [StateTensor] {
    [Self.squareAverage] + (momentum > 0 ? [.momentumBuffer] : [])
      + (isCentered ? [Self.gradientAverage] : [])
  }

  /// Follows the order of PyTorch's `_single_tensor_rmsprop`.
  package func operations(learningRate: Double, step: Int) -> [ElementwiseOperation] {
    let squares = ElementwiseOperand.state(Self.squareAverage)
    let average = ElementwiseOperand.state(Self.gradientAverage)
    let buffer = ElementwiseOperand.state(.momentumBuffer)
    let denominator = ElementwiseOperand.temporary("denominator")
    var operations: [ElementwiseOperation] = []
    if weightDecay != 0 {
      operations.append(.add(.parameter, times: weightDecay, to: .gradient))
    }
    operations += [
      .scale(squares, by: alpha),
      .addProduct(.gradient, .gradient, times: 1 - alpha, to: squares),
      .copy(squares, to: denominator),
    ]
    if isCentered {
      operations += [
        .interpolate(average, towards: .gradient, weight: 1 - alpha),
        .addProduct(average, average, times: -1, to: denominator),
      ]
    }
    operations += [.squareRoot(denominator), .addNumber(eps, to: denominator)]
    if momentum > 0 {
      operations += [
        .scale(buffer, by: momentum),
        .addQuotient(.gradient, by: denominator, to: buffer),
        .add(buffer, times: -learningRate, to: .parameter),
      ]
    } else {
      operations.append(
        .addQuotient(.gradient, by: denominator, times: -learningRate, to: .parameter))
    }
    return operations
  }
}
