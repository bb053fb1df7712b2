import ExperimentConfig

struct LogSoftmax: Layer {
  static let schema = ComponentSchema(
    "log_softmax", main: "dim",
    [
      Field(
        "dim", .integer(.any), default: "-1",
        doc: "The dimension whose exponentials sum to 1; the batch is dimension 0.")
    ],
    doc: "x − log Σ exp(x). The loss cross_entropy expects scores without it.")

  private let dim: Int

  init(_ arguments: Arguments) throws { dim = try arguments.integer("dim") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let dim = try Dimension.resolve(dim, in: inputs[0], argument: "dim")
    return LayerPlan(
      inputs[0], .logSoftmax(dim: dim), flops: Saturating.multiply(inputs[0].count, 5))
  }
}
