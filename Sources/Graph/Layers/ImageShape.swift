import ExperimentConfig

/// The shape of an image: channels, height and width.
struct ImageShape {
  let channels: Int
  let height: Int
  let width: Int

  init(_ shape: Shape) throws(ShapeMismatch) {
    guard shape.rank == 3 else {
      throw ShapeMismatch(
        "needs images [N, channels, height, width], but its input is \(shape)",
        hint: shape.rank == 1 ? "put it before flatten" : nil)
    }
    channels = shape.dims[0]
    height = shape.dims[1]
    width = shape.dims[2]
  }

  var shape: Shape { [channels, height, width] }
}

/// The arguments shared by convolution and pooling layers, and their output size.
enum Sliding {
  static let pair = SchemaType.scalarOrList(.integer(.between(1, 100_000)), count: 2...2)
  static let paddingPair = SchemaType.scalarOrList(.integer(.between(0, 100_000)), count: 2...2)

  static let stride = Field("stride", pair, default: "1", doc: "Stride of the window.")
  static let dilation = Field(
    "dilation", pair, default: "1", doc: "Distance between the window's points.")

  /// The number of window positions along one side (PyTorch's formula for Conv2d and MaxPool2d).
  ///
  /// - Parameter ceilMode: whether to count a last window that extends beyond the end if it starts inside the
  ///   input or the padding before it.
  static func places(
    size: Int, kernel: Int, stride: Int, padding: Int, extra: Int = 0, dilation: Int = 1,
    ceilMode: Bool = false, side: String
  ) throws(ShapeMismatch) -> Int {
    let span = dilation * (kernel - 1) + 1
    let padded = size + 2 * padding + extra
    guard span <= padded || ceilMode && span < padded + stride else {
      let reach = dilation > 1 ? " (dilated to \(span))" : ""
      throw ShapeMismatch(
        "the window is \(kernel)\(reach) in \(side), but the input is only \(padded)"
          + (padding > 0 ? " with its padding" : ""), argument: "kernel_size")
    }
    let room = padded - span
    var count = (ceilMode ? (room + stride - 1) : room) / stride + 1
    if ceilMode, (count - 1) * stride >= size + padding { count -= 1 }
    guard count > 0 else {
      throw ShapeMismatch("would have an output of size 0 in \(side)", argument: "kernel_size")
    }
    return count
  }

  /// Checks that groups of channels divide the channels of a convolution.
  static func checkGroups(_ groups: Int, inputs: Int, outputs: Int) throws(ShapeMismatch) {
    guard inputs % groups == 0, outputs % groups == 0 else {
      throw ShapeMismatch(
        "'groups' is \(groups) and must divide the \(inputs) input channels and the \(outputs) "
          + "output channels", argument: "groups")
    }
  }
}
