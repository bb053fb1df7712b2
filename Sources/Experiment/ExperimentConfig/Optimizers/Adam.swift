/// PyTorch's `Adam`.
package struct Adam: OptimizerDefinition {
  package static let schema = ComponentSchema.optimizer(
    "adam", learningRate: "1e-3", AdamRule.fields(weightDecay: "0"),
    doc: "Adam (Kingma and Ba, 2015); weight decay is added to the gradient.")

  package let learningRate: Double
  private var numbers: AdamRule

  package var rule: UpdateRule { .adam(numbers) }
  package var weightDecay: Double {
    get { numbers.weightDecay }
    set { numbers.weightDecay = newValue }
  }

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    numbers = try AdamRule(arguments, decouplesWeightDecay: false)
  }
}
