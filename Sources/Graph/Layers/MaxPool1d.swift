import ExperimentConfig

struct MaxPool1d: Layer {
  static let schema = ComponentSchema(
    "max_pool1d", main: "kernel_size",
    [
      Sliding1d.kernel, Pooling1d.stride, Pooling1d.padding, Sliding1d.dilation, Pooling.ceilMode,
    ],
    doc: "The largest value of each window of a sequence [N, channels, length].")

  private let pooling: Pooling1d

  init(_ arguments: Arguments) throws { pooling = try Pooling1d(arguments, hasDilation: true) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let output = try pooling.output(inputs[0], counterpart: "max_pool2d")
    return LayerPlan(output, .maxPool1d(pooling.window), flops: pooling.flops(output))
  }
}
