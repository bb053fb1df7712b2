import ExperimentConfig

struct AdaptiveMaxPool1d: Layer {
  static let schema = ComponentSchema(
    "adaptive_max_pool1d", main: "output_size",
    [Field("output_size", Sliding1d.size, .required, doc: "Length of the output.")],
    doc:
      "The largest value of each window of a sequence [N, channels, length], with windows chosen so "
      + "that the output has this length.")

  private let size: Int

  init(_ arguments: Arguments) throws { size = try arguments.integer("output_size") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let sequence = try SequenceShape(inputs[0], counterpart: "adaptive_max_pool2d")
    return LayerPlan(
      [sequence.channels, size], .adaptiveMaxPool([size]), flops: sequence.shape.count)
  }
}
