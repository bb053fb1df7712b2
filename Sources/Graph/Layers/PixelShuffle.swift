import ExperimentConfig

struct PixelShuffle: Layer {
  static let schema = ComponentSchema(
    "pixel_shuffle", main: "upscale_factor",
    [
      Field(
        "upscale_factor", .integer(.between(1, 1000)), .required,
        doc: "Factor on height and width; its square must divide the channels.")
    ],
    doc: "Rearranges groups of channels into larger images (sub-pixel convolution).")

  private let factor: Int

  init(_ arguments: Arguments) throws { factor = try arguments.integer("upscale_factor") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    let square = factor * factor
    if image.channels % square != 0 {
      throw ShapeMismatch(
        "'upscale_factor' is \(factor), and its square \(square) must divide the "
          + "\(image.channels) channels", argument: "upscale_factor")
    }
    return LayerPlan(
      [
        image.channels / square, Saturating.multiply(image.height, factor),
        Saturating.multiply(image.width, factor),
      ], .pixelShuffle(factor: factor))
  }
}
