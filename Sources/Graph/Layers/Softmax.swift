import ExperimentConfig

struct Softmax: Layer {
  static let schema = ComponentSchema(
    "softmax", main: "dim",
    [
      Field(
        "dim", .integer(.any), default: "-1",
        doc: "The dimension that sums to 1; the batch is dimension 0.")
    ],
    doc: "exp(x) / Σ exp(x). The loss cross_entropy expects scores without it.")

  private let dim: Int

  init(_ arguments: Arguments) throws { dim = try arguments.integer("dim") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let dim = try Dimension.resolve(dim, in: inputs[0], argument: "dim")
    return LayerPlan(
      inputs[0], .softmax(dim: dim), flops: Saturating.multiply(inputs[0].count, 5))
  }
}
