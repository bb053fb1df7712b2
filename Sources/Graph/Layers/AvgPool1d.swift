import ExperimentConfig

struct AvgPool1d: Layer {
  static let schema = ComponentSchema(
    "avg_pool1d", main: "kernel_size",
    [
      Sliding1d.kernel, Pooling1d.stride, Pooling1d.padding, Pooling.ceilMode,
      Pooling.countIncludePad,
    ],
    doc: "The mean of each window of a sequence [N, channels, length].")

  private let pooling: Pooling1d
  private let countIncludePad: Bool

  init(_ arguments: Arguments) throws {
    pooling = try Pooling1d(arguments, hasDilation: false)
    countIncludePad = try arguments.boolean("count_include_pad")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let output = try pooling.output(inputs[0], counterpart: "avg_pool2d")
    return LayerPlan(
      output, .avgPool1d(pooling.window, countIncludePad: countIncludePad),
      flops: pooling.flops(output))
  }
}
