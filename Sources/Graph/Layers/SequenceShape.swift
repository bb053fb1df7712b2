import ExperimentConfig

/// The shape of a sequence: channels and length.
struct SequenceShape {
  let channels: Int
  let length: Int

  /// - Parameter counterpart: the layer that does the same for images, which the error suggests for one.
  init(_ shape: Shape, counterpart: String? = nil) throws(ShapeMismatch) {
    guard shape.rank == 2 else {
      let image = shape.rank == 3 ? counterpart.map { "did you mean '\($0)'?" } : nil
      throw ShapeMismatch(
        "needs sequences [N, channels, length], but its input is \(shape)",
        hint: shape.rank == 1 ? "put it before flatten, or reshape: [1, -1] before it" : image)
    }
    channels = shape.dims[0]
    length = shape.dims[1]
  }

  var shape: Shape { [channels, length] }
}
