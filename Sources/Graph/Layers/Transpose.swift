import ExperimentConfig

struct Transpose: Layer {
  static let schema = ComponentSchema(
    "transpose",
    [
      Field(
        "dim0", .integer(.any), default: "1",
        doc: "The first of the two dimensions, the batch counted as 0."),
      Field("dim1", .integer(.any), default: "2", doc: "The other one."),
    ],
    doc: "Swaps two dimensions of each example.")

  private let first: Int
  private let second: Int

  init(_ arguments: Arguments) throws {
    first = try arguments.integer("dim0")
    second = try arguments.integer("dim1")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    let first = try Dimension.resolve(first, in: shape, argument: "dim0")
    let second = try Dimension.resolve(second, in: shape, argument: "dim1")
    var order = Array(0...shape.rank)
    order.swapAt(first, second)
    return LayerPlan(Shape(order.dropFirst().map { shape.dims[$0 - 1] }), .permute(order))
  }
}
