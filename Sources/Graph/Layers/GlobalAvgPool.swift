import ExperimentConfig

struct GlobalAvgPool: Layer {
  static let schema = ComponentSchema(
    "global_avg_pool", doc: "The mean of each channel over height and width: [N, channels].")

  init(_ arguments: Arguments) {}

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    return LayerPlan([image.channels], .globalAvgPool, flops: image.shape.count)
  }
}
