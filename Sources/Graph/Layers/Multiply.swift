import ExperimentConfig

struct Multiply: Layer {
  static let schema = ComponentSchema(
    "multiply", doc: "The product of two or more nodes of one shape, named by from: [a, b].")
  static let inputCount = Joining.inputCount

  init(_ arguments: Arguments) {}

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = try Joining.same(inputs)
    return LayerPlan(
      shape, .multiply, flops: Saturating.multiply(shape.count, inputs.count - 1))
  }
}
