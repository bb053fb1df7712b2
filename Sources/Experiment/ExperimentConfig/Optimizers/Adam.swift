/// PyTorch's `Adam`.
package struct Adam: OptimizerDefinition {
  package static let schema = ComponentSchema.optimizer(
    "adam", learningRate: "1e-3", AdamRule.fields(weightDecay: "0"),
    doc: "Adam (Kingma and Ba, 2015); weight decay is added to the gradient.")

  package let learningRate: Double
  package let rule: UpdateRule

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    rule = .adam(try AdamRule(arguments, decouplesWeightDecay: false))
  }
}
