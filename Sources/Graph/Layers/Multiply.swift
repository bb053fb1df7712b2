import ExperimentConfig

struct Multiply: Layer {
  static let schema = ComponentSchema(
    "multiply",
    doc: "The product of two or more nodes, named by from: [a, b]; dimensions of 1 are broadcast.")
  static let inputCount = Joining.inputCount

  init(_ arguments: Arguments) {}

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = try Joining.broadcast(inputs)
    return LayerPlan(
      shape, .multiply, flops: Saturating.multiply(shape.count, inputs.count - 1))
  }
}
