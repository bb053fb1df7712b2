import ExperimentConfig

/// The arguments that the pooling layers share.
struct Pooling {
  static let kernel = Field(
    "kernel_size", Sliding.pair, .required, doc: "Size of the window, one number or two.")
  static let stride = Field(
    "stride", Sliding.pair, .optional, doc: "Stride of the window; its size if left out.")
  static let padding = Field(
    "padding", Sliding.paddingPair, default: "0",
    doc: "Padding on each side, at most half the window.")
  static let ceilMode = Field(
    "ceil_mode", .boolean, default: "false",
    doc: "Whether a last window may extend beyond the end.")
  static let countIncludePad = Field(
    "count_include_pad", .boolean, default: "true",
    doc: "Whether to include the zeros of the padding in the mean.")

  let window: Operation.Window

  init(_ arguments: Arguments, hasDilation: Bool) throws {
    let kernel = Pair(try arguments.integers("kernel_size"))
    window = Operation.Window(
      kernel: kernel,
      stride: arguments.has("stride") ? Pair(try arguments.integers("stride")) : kernel,
      padding: Pair(try arguments.integers("padding")),
      dilation: hasDilation ? Pair(try arguments.integers("dilation")) : Pair(1, 1),
      ceilMode: try arguments.boolean("ceil_mode"))
  }

  func output(_ input: Shape) throws(ShapeMismatch) -> Shape {
    let image = try ImageShape(input)
    if window.padding.height * 2 > window.kernel.height
      || window.padding.width * 2 > window.kernel.width
    {
      throw ShapeMismatch("'padding' may be at most half of 'kernel_size'", argument: "padding")
    }
    let height = try Sliding.places(
      size: image.height, kernel: window.kernel.height, stride: window.stride.height,
      padding: window.padding.height, dilation: window.dilation.height,
      ceilMode: window.ceilMode, side: "height")
    let width = try Sliding.places(
      size: image.width, kernel: window.kernel.width, stride: window.stride.width,
      padding: window.padding.width, dilation: window.dilation.width,
      ceilMode: window.ceilMode, side: "width")
    return [image.channels, height, width]
  }

  func flops(_ output: Shape) -> Int {
    Saturating.product(output.count, window.kernel.height, window.kernel.width)
  }
}
