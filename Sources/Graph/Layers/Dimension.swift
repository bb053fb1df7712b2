/// Dimensions as in PyTorch: 0 is the batch, negative ones count from the end.
enum Dimension {
  static func resolve(
    _ dim: Int, in shape: Shape, argument: String, allowsBatch: Bool = false
  ) throws(ShapeMismatch) -> Int {
    let rank = shape.rank + 1
    let resolved = dim < 0 ? dim + rank : dim
    guard (0..<rank).contains(resolved) else {
      throw ShapeMismatch(
        "'\(argument)' is \(dim), but the input \(shape) has dimensions \(-rank) to \(rank - 1)",
        argument: argument)
    }
    if resolved == 0, !allowsBatch {
      throw ShapeMismatch(
        "'\(argument)' is the batch dimension; examples must not be mixed", argument: argument)
    }
    return resolved
  }
}
