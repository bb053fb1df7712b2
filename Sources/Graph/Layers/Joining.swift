import ExperimentConfig

/// What the layers that join several nodes share.
enum Joining {
  static let inputCount = 2...1000

  static func same(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
    for shape in inputs.dropFirst() where shape != inputs[0] {
      throw ShapeMismatch("joins inputs of different shapes: \(inputs[0]) and \(shape)")
    }
    return inputs[0]
  }
}
