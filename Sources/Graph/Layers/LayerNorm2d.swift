import ExperimentConfig

struct LayerNorm2d: Layer {
  static let schema = ComponentSchema(
    "layer_norm2d",
    [
      Normalization.eps,
      Field(
        "elementwise_affine", .boolean, default: "true",
        doc: "Whether scale and shift are learned."),
      Field("bias", .boolean, default: "true", doc: "Whether the shift is learned."),
    ],
    doc: "Normalisation of each pixel over its channels, as torchvision's LayerNorm2d, which "
      + "ConvNeXt uses with eps: 1e-6.")

  private let eps: Double
  private let isAffine: Bool
  private let hasBias: Bool

  init(_ arguments: Arguments) throws {
    eps = try arguments.number("eps")
    isAffine = try arguments.boolean("elementwise_affine")
    hasBias = try arguments.boolean("bias")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    return LayerPlan(
      image.shape, .layerNorm2d(eps: eps),
      parameters: isAffine
        ? Normalization.affineParameters([image.channels], bias: hasBias) : [],
      flops: Normalization.flops(image.shape))
  }
}
