import ExperimentConfig

/// The arguments and the shape rule of the layers that reduce dimensions to one value.
struct Reducing {
  static let fields = [
    Field(
      "dim", .scalarOrList(.integer(.any), count: 1...8), .required,
      doc: "The dimension or dimensions, the batch counted as 0."),
    Field(
      "keepdim", .boolean, default: "false",
      doc: "Whether they stay, with size 1, so that the result can be broadcast."),
  ]

  private let dims: [Int]
  private let keepsDims: Bool

  init(_ arguments: Arguments) throws {
    dims = try arguments.integers("dim")
    keepsDims = try arguments.boolean("keepdim")
  }

  func plan(_ shape: Shape, _ reduction: Operation.Reduction) throws(ShapeMismatch) -> LayerPlan {
    var reduced: Set<Int> = []
    for dim in dims {
      let resolved = try Dimension.resolve(dim, in: shape, argument: "dim")
      guard reduced.insert(resolved).inserted else {
        throw ShapeMismatch("'dim' names dimension \(resolved) twice", argument: "dim")
      }
    }
    let output = shape.dims.enumerated().compactMap { index, size in
      reduced.contains(index + 1) ? (keepsDims ? 1 : nil) : size
    }
    return LayerPlan(
      Shape(output), .reduce(reduction, dims: reduced.sorted(), keepsDims: keepsDims),
      flops: shape.count)
  }
}
