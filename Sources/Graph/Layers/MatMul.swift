import ExperimentConfig

struct MatMul: Layer {
  static let schema = ComponentSchema(
    "matmul",
    doc: "The product of the matrices in the last two dimensions of two nodes, named by "
      + "from: [a, b]; dimensions of 1 before them are broadcast.")
  static let inputCount = 2...2

  init(_ arguments: Arguments) {}

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let (left, right) = (inputs[0], inputs[1])
    guard left.rank >= 2, left.rank == right.rank else {
      // With fewer dimensions the batch would be one of the multiplied ones.
      throw ShapeMismatch(
        "needs matrices [N, …, rows, columns] with as many dimensions, its inputs are \(left) "
          + "and \(right)")
    }
    guard left.dims[left.rank - 1] == right.dims[right.rank - 2] else {
      throw ShapeMismatch(
        "needs as many columns on the left as rows on the right, its inputs are \(left) and "
          + "\(right)")
    }
    let outer = try Joining.broadcast([
      Shape(left.dims.dropLast(2)), Shape(right.dims.dropLast(2)),
    ])
    let output = Shape(outer.dims + [left.dims[left.rank - 2], right.dims[right.rank - 1]])
    return LayerPlan(
      output, .matmul, flops: Saturating.product(2, output.count, left.dims[left.rank - 1]))
  }
}
