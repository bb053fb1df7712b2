import ExperimentConfig

/// What the layers that join several nodes share.
enum Joining {
  static let inputCount = 2...1000

  /// The shape that all inputs are stretched to, as PyTorch does it: from the last dimension on, a 1
  /// takes the other's size. The batch stands before all of them, so the ranks must be the same.
  static func broadcast(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    var dims = inputs[0].dims
    for shape in inputs.dropFirst() {
      let fits =
        shape.rank == dims.count
        && zip(dims, shape.dims).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
      guard fits else {
        throw ShapeMismatch("joins inputs of different shapes: \(inputs[0]) and \(shape)")
      }
      dims = zip(dims, shape.dims).map { $0 == 1 ? $1 : $0 }
    }
    return Shape(dims)
  }
}
