import ExperimentConfig

struct Flatten: Layer {
  static let schema = ComponentSchema(
    "flatten",
    [
      Field(
        "start_dim", .integer(.any), default: "1",
        doc: "First dimension to flatten; the batch is dimension 0."),
      Field("end_dim", .integer(.any), default: "-1", doc: "Last dimension to flatten."),
    ],
    doc: "Flattens dimensions into one.")

  private let start: Int
  private let end: Int

  init(_ arguments: Arguments) throws {
    start = try arguments.integer("start_dim")
    end = try arguments.integer("end_dim")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    let first = try Dimension.resolve(start, in: shape, argument: "start_dim")
    let last = try Dimension.resolve(end, in: shape, argument: "end_dim")
    if last < first {
      throw ShapeMismatch("'start_dim' comes after 'end_dim'", argument: "start_dim")
    }
    let joined = shape.dims[(first - 1)...(last - 1)]
    var dims = shape.dims
    dims.replaceSubrange((first - 1)...(last - 1), with: [Shape(Array(joined)).count])
    return LayerPlan(Shape(dims), .flatten(start: first, end: last))
  }
}
