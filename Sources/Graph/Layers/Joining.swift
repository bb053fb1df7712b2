import ExperimentConfig

/// Shared by the layers that combine several nodes.
enum Joining {
  static let inputCount = 2...1000

  /// The shape that all inputs are broadcast to, as in PyTorch: from the last dimension on, a size of 1
  /// takes the other input's size. All inputs have a leading batch dimension, so their ranks must be equal.
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
