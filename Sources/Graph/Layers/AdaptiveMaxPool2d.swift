import ExperimentConfig

struct AdaptiveMaxPool2d: Layer {
  static let schema = ComponentSchema(
    "adaptive_max_pool2d", main: "output_size",
    [
      Field(
        "output_size", Sliding.pair, .required,
        doc: "Height and width of the output, one number or two.")
    ],
    doc: "The largest value of each window, with windows chosen so that the output has this size.")

  private let size: Pair

  init(_ arguments: Arguments) throws { size = Pair(try arguments.integers("output_size")) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    return LayerPlan(
      [image.channels, size.height, size.width], .adaptiveMaxPool(size.array),
      flops: image.shape.count)
  }
}
