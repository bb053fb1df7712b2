import ExperimentConfig

struct AvgPool2d: Layer {
  static let schema = ComponentSchema(
    "avg_pool2d", main: "kernel_size",
    [
      Pooling.kernel, Pooling.stride, Pooling.padding, Pooling.ceilMode,
      Field(
        "count_include_pad", .boolean, default: "true",
        doc: "Whether to include the zeros of the padding in the mean."),
    ],
    doc: "The mean of each window.")

  private let pooling: Pooling
  private let countIncludePad: Bool

  init(_ arguments: Arguments) throws {
    pooling = try Pooling(arguments, hasDilation: false)
    countIncludePad = try arguments.boolean("count_include_pad")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let output = try pooling.output(inputs[0])
    return LayerPlan(
      output, .avgPool2d(pooling.window, countIncludePad: countIncludePad),
      flops: pooling.flops(output))
  }
}
