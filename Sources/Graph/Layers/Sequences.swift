import ExperimentConfig

/// Shared by the layers of sequences [N, positions, features].
enum Sequences {
  static let batchFirst = Field(
    "batch_first", .boolean, default: "true",
    doc: "Always true: the batch is dimension 0 of every node.")

  static func check(isBatchFirst: Bool) throws(ShapeMismatch) {
    if isBatchFirst { return }
    throw ShapeMismatch(
      "'batch_first' is always true: the batch is dimension 0 of every node",
      argument: "batch_first")
  }

  static func check(_ shape: Shape) throws(ShapeMismatch) {
    if shape.rank == 2 { return }
    throw ShapeMismatch(
      "needs sequences [N, positions, features], its input is \(shape)",
      hint: shape.rank == 3 ? "flatten: {start_dim: 2} and transpose make one of an image" : nil)
  }
}
