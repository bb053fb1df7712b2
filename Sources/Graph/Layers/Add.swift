import ExperimentConfig

struct Add: Layer {
  static let schema = ComponentSchema(
    "add",
    doc: "The sum of two or more nodes, named by from: [a, b]; a dimension of 1 is stretched.")
  static let inputCount = Joining.inputCount

  init(_ arguments: Arguments) {}

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = try Joining.broadcast(inputs)
    return LayerPlan(
      shape, .add, flops: Saturating.multiply(shape.count, inputs.count - 1))
  }
}
