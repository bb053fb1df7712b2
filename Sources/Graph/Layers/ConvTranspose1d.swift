import ExperimentConfig

struct ConvTranspose1d: Layer {
  static let schema = ComponentSchema(
    "conv_transpose1d", main: "out_channels",
    ConvTranspose.fields(
      size: Sliding1d.size, paddingSize: Sliding1d.paddingSize, kernelDoc: "Length of the window."),
    aliases: ["deconv1d"],
    doc:
      "A transposed convolution of sequences [N, channels, length]; the input channels are inferred."
  )

  private let convolution: ConvTranspose

  init(_ arguments: Arguments) throws {
    convolution = try ConvTranspose(arguments, sides: ["length"])
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try convolution.plan(try SequenceShape(inputs[0], counterpart: "conv_transpose2d").shape)
  }
}
