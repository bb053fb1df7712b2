/// PyTorch's `AdamW`.
package struct AdamW: OptimizerDefinition {
  package static let schema = ComponentSchema.optimizer(
    "adamw", learningRate: "1e-3", AdamRule.fields(weightDecay: "1e-2"),
    doc: "Adam with decoupled weight decay (Loshchilov and Hutter, 2019).")

  package let learningRate: Double
  private var numbers: AdamRule

  package var rule: UpdateRule { .adam(numbers) }
  package var weightDecay: Double {
    get { numbers.weightDecay }
    set { numbers.weightDecay = newValue }
  }

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    numbers = try AdamRule(arguments, decouplesWeightDecay: true)
  }
}
