import ExperimentConfig

struct Permute: Layer {
  static let schema = ComponentSchema(
    "permute", main: "dims",
    [
      Field(
        "dims", .list(of: .integer(.any), count: 1...9), .required,
        doc: "The new order of the dimensions. The batch is dimension 0, which stays first and may "
          + "be left out: [2, 3, 1] puts the channels of images last.")
    ],
    doc: "Reorders the dimensions of each example.")

  private let dims: [Int]

  init(_ arguments: Arguments) throws { dims = try arguments.integers("dims") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    var order: [Int] = []
    for dim in dims {
      order.append(try Dimension.resolve(dim, in: shape, argument: "dims", allowsBatch: true))
    }
    if order.first == 0 { order.removeFirst() }
    guard order.sorted() == Array(1..<(shape.rank + 1)) else {
      throw ShapeMismatch(
        "'dims' is \(dims), but must name each of the dimensions "
          + "\((1..<(shape.rank + 1)).map(String.init).joined(separator: ", ")) of \(shape) once",
        argument: "dims")
    }
    return LayerPlan(Shape(order.map { shape.dims[$0 - 1] }), .permute([0] + order))
  }
}
