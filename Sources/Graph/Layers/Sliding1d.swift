import ExperimentConfig

/// The arguments shared by convolution and pooling layers of sequences.
enum Sliding1d {
  static let size = SchemaType.integer(.between(1, 100_000))
  static let paddingSize = SchemaType.integer(.between(0, 100_000))

  static let kernel = Field("kernel_size", size, .required, doc: "Length of the window.")
  static let stride = Field("stride", size, default: "1", doc: "Stride of the window.")
  static let dilation = Field(
    "dilation", size, default: "1", doc: "Distance between the window's points.")
}

/// The arguments that the pooling layers of sequences share.
struct Pooling1d {
  static let stride = Field(
    "stride", Sliding1d.size, .optional, doc: "Stride of the window; its length if left out.")
  static let padding = Field(
    "padding", Sliding1d.paddingSize, default: "0",
    doc: "Padding on each end, at most half the window.")

  let window: Operation.Window1d

  init(_ arguments: Arguments, hasDilation: Bool) throws {
    let kernel = try arguments.integer("kernel_size")
    window = Operation.Window1d(
      kernel: kernel,
      stride: arguments.has("stride") ? try arguments.integer("stride") : kernel,
      padding: try arguments.integer("padding"),
      dilation: hasDilation ? try arguments.integer("dilation") : 1,
      ceilMode: try arguments.boolean("ceil_mode"))
  }

  func output(_ input: Shape, counterpart: String) throws(ShapeMismatch) -> Shape {
    let sequence = try SequenceShape(input, counterpart: counterpart)
    if window.padding * 2 > window.kernel {
      throw ShapeMismatch("'padding' may be at most half of 'kernel_size'", argument: "padding")
    }
    let length = try Sliding.places(
      size: sequence.length, kernel: window.kernel, stride: window.stride,
      padding: window.padding, dilation: window.dilation, ceilMode: window.ceilMode,
      side: "length")
    return [sequence.channels, length]
  }

  func flops(_ output: Shape) -> Int { Saturating.multiply(output.count, window.kernel) }
}
