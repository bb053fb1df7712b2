import ExperimentConfig

struct Concat: Layer {
  static let schema = ComponentSchema(
    "concat", main: "dim",
    [
      Field(
        "dim", .integer(.any), default: "1",
        doc: "The dimension to concatenate along; the batch is dimension 0.")
    ],
    doc: "The concatenation of two or more nodes, named by from: [a, b].")
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
          "joins inputs that differ in a dimension other than \(dim): \(inputs[0]) and \(shape)",
          hint: dim == 1 && shape.rank == 3
            ? "bring them to one size: upsample with from: [SMALL, LARGE]" : nil)
      }
      dims[dim - 1] = Saturating.add(dims[dim - 1], shape.dims[dim - 1])
    }
    return LayerPlan(Shape(dims), .concat(dim: dim))
  }
}
