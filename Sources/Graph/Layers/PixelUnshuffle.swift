import ExperimentConfig

struct PixelUnshuffle: Layer {
  static let schema = ComponentSchema(
    "pixel_unshuffle", main: "downscale_factor",
    [
      Field(
        "downscale_factor", .integer(.between(1, 1000)), .required,
        doc: "Divisor of height and width.")
    ],
    aliases: ["space_to_depth"],
    doc: "Rearranges squares of pixels into channels, the inverse of pixel_shuffle.")

  private let factor: Int

  init(_ arguments: Arguments) throws { factor = try arguments.integer("downscale_factor") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    if image.height % factor != 0 || image.width % factor != 0 {
      throw ShapeMismatch(
        "'downscale_factor' is \(factor) and must divide height and width of \(image.shape)",
        argument: "downscale_factor")
    }
    return LayerPlan(
      [
        Saturating.product(image.channels, factor, factor), image.height / factor,
        image.width / factor,
      ], .pixelUnshuffle(factor: factor))
  }
}
