import ExperimentConfig

struct LayerNorm: Layer {
  static let schema = ComponentSchema(
    "layer_norm", main: "normalized_shape",
    [
      Field(
        "normalized_shape",
        .scalarOrList(.integer(.between(1, 1e9)), count: 1...8), .optional,
        doc: "The last dimensions, over which to normalise; only the last one if left out."),
      Normalization.eps,
      Field(
        "elementwise_affine", .boolean, default: "true",
        doc: "Whether scale and shift are learned."),
      Field("bias", .boolean, default: "true", doc: "Whether the shift is learned."),
    ],
    doc: "Normalisation of each example over its last dimensions.")

  private let normalized: [Int]?
  private let eps: Double
  private let isAffine: Bool
  private let hasBias: Bool

  init(_ arguments: Arguments) throws {
    normalized =
      arguments.has("normalized_shape") ? try arguments.integers("normalized_shape") : nil
    eps = try arguments.number("eps")
    isAffine = try arguments.boolean("elementwise_affine")
    hasBias = try arguments.boolean("bias")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    let over = normalized ?? Array(shape.dims.suffix(1))
    guard over.count <= shape.rank, Array(shape.dims.suffix(over.count)) == over else {
      throw ShapeMismatch(
        "'normalized_shape' is \(over), but the input \(shape) ends in "
          + "\(Array(shape.dims.suffix(over.count)))", argument: "normalized_shape")
    }
    return LayerPlan(
      shape, .layerNorm(shape: over, eps: eps),
      parameters: isAffine ? Normalization.affineParameters(over, bias: hasBias) : [],
      flops: Normalization.flops(shape))
  }
}
