import ExperimentConfig

struct Concat: Layer {
  static let schema = ComponentSchema(
    "concat", main: "dim",
    [
      Field(
        "dim", .integer(.any), default: "1",
        doc: "The dimension that is extended, the batch counted as 0.")
    ],
    doc: "Two or more nodes one after the other, named by from: [a, b].")
  static let inputCount = Joining.inputCount

  private let dim: Int

  init(_ arguments: Arguments) throws { dim = try arguments.integer("dim") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let dim = try Dimension.resolve(dim, in: inputs[0], argument: "dim")
    var dims = inputs[0].dims
    for shape in inputs.dropFirst() {
      var expected = dims
      guard shape.rank == dims.count else {
        throw ShapeMismatch("joins inputs of different shapes: \(inputs[0]) and \(shape)")
      }
      expected[dim - 1] = shape.dims[dim - 1]
      guard shape.dims == expected else {
        throw ShapeMismatch(
          "joins inputs that differ outside dimension \(dim): \(inputs[0]) and \(shape)")
      }
      dims[dim - 1] = Saturating.add(dims[dim - 1], shape.dims[dim - 1])
    }
    return LayerPlan(Shape(dims), .concat(dim: dim))
  }
}
