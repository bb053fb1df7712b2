import ExperimentConfig

struct LocalResponseNorm: Layer {
  static let schema = ComponentSchema(
    "local_response_norm", main: "size",
    [
      Field(
        "size", .integer(.between(1, 1e6)), .required,
        doc: "Number of neighbouring channels in each sum."),
      Field("alpha", .number(.any), default: "0.0001", doc: "Factor on the mean of squares."),
      Field("beta", .number(.any), default: "0.75", doc: "Exponent."),
      Field("k", .number(.any), default: "1.0", doc: "Added to the mean of squares."),
    ],
    doc:
      "x / (k + alpha · mean of x² over size neighbouring channels)^beta, with zeros beyond the first "
      + "and last channel (AlexNet).")

  private let size: Int
  private let alpha: Double
  private let beta: Double
  private let k: Double

  init(_ arguments: Arguments) throws {
    size = try arguments.integer("size")
    alpha = try arguments.number("alpha")
    beta = try arguments.number("beta")
    k = try arguments.number("k")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    guard shape.rank >= 2 else {
      throw ShapeMismatch("needs [N, channels, …], but its input is \(shape)")
    }
    // The square, the sum, its mean, factor, offset, power and quotient.
    return LayerPlan(
      shape, .localResponseNorm(size: size, alpha: alpha, beta: beta, k: k),
      flops: Saturating.multiply(shape.count, size + 6))
  }
}
