import ExperimentConfig

struct GLU: Layer {
  static let schema = ComponentSchema(
    "glu", main: "dim",
    [
      Field(
        "dim", .integer(.any), default: "-1",
        doc: "The dimension that is halved, the batch counted as 0.")
    ],
    doc: "a · sigmoid(b), where a and b are the halves of the input.")

  private let dim: Int

  init(_ arguments: Arguments) throws { dim = try arguments.integer("dim") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let dim = try Dimension.resolve(dim, in: inputs[0], argument: "dim")
    var dims = inputs[0].dims
    guard dims[dim - 1] % 2 == 0 else {
      throw ShapeMismatch(
        "halves dimension \(dim) of \(inputs[0]), whose size is odd", argument: "dim")
    }
    dims[dim - 1] /= 2
    return LayerPlan(
      Shape(dims), .glu(dim: dim), flops: Saturating.multiply(Shape(dims).count, 4))
  }
}
