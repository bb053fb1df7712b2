import ExperimentConfig

struct ConvTranspose2d: Layer {
  static let schema = ComponentSchema(
    "conv_transpose2d", main: "out_channels",
    ConvTranspose.fields(
      size: Sliding.pair, paddingSize: Sliding.paddingPair,
      kernelDoc: "Size of the window, one number or two."),
    aliases: ["deconv2d", "deconvolution"],
    doc: "A transposed convolution of images; the input channels are inferred.")

  private let convolution: ConvTranspose

  init(_ arguments: Arguments) throws {
    convolution = try ConvTranspose(arguments, sides: ["height", "width"])
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try convolution.plan(try ImageShape(inputs[0]).shape)
  }
}
