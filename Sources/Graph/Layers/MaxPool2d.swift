import ExperimentConfig

struct MaxPool2d: Layer {
  static let schema = ComponentSchema(
    "max_pool2d", main: "kernel_size",
    [Pooling.kernel, Pooling.stride, Pooling.padding, Sliding.dilation, Pooling.ceilMode],
    doc: "The largest value of each window.")

  private let pooling: Pooling

  init(_ arguments: Arguments) throws { pooling = try Pooling(arguments, hasDilation: true) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let output = try pooling.output(inputs[0])
    return LayerPlan(output, .maxPool2d(pooling.window), flops: pooling.flops(output))
  }
}
