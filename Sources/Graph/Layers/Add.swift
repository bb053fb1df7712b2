import ExperimentConfig

struct Add: Layer {
  static let schema = ComponentSchema(
    "add",
    doc: "The sum of two or more nodes, named by from: [a, b]; dimensions of 1 are broadcast.")
  static let inputCount = Joining.inputCount

  init(_ arguments: Arguments) {}

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = try Joining.broadcast(inputs)
    return LayerPlan(
      shape, .add, flops: Saturating.multiply(shape.count, inputs.count - 1))
  }
}
