import ExperimentConfig

struct Add: Layer {
  static let schema = ComponentSchema(
    "add", doc: "The sum of two or more nodes of one shape, named by from: [a, b].")
  static let inputCount = Joining.inputCount

  init(_ arguments: Arguments) {}

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = try Joining.same(inputs)
    return LayerPlan(
      shape, .add, flops: Saturating.multiply(shape.count, inputs.count - 1))
  }
}
