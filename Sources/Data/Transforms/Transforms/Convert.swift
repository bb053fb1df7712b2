import ExperimentConfig

struct Convert: Transform {
  static let schema = ComponentSchema(
    "convert", main: "dtype",
    [
      Field(
        "dtype", .choice(["uint8", "float32"]), .required, doc: "The new type of the pixels.")
    ],
    doc:
      "Converts bytes of 0 to 255 to floats of 0 to 1 or back, like torchvision's ToDtype with scale=True."
  )

  private let isFloat: Bool

  init(_ arguments: Arguments) throws { isFloat = try arguments.string("dtype") == "float32" }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    if input.isFloat == isFloat {
      throw TransformMismatch(
        "the images are \(isFloat ? "floats" : "bytes") already", argument: "dtype")
    }
    return (input.converted(toFloat: isFloat), .convert(ConvertStep(isFloat: isFloat)))
  }
}

/// Bytes to floats: x times (1 / 255), which differs from `to_tensor`'s x / 255 in the last bit of some
/// values. Floats to bytes: x times 255.999, truncated, with values outside 0…1 clipped.
package struct ConvertStep: ImageStep {
  package var isFloat: Bool

  var fingerprint: String { "convert \(isFloat ? "float32" : "uint8")" }

  func output(of input: ImageType) -> ImageType { input.converted(toFloat: isFloat) }

  func prepare(for input: ImageType) -> any PreparedStep {
    isFloat
      ? PreparedByteTable(table: (0..<256).map { Float($0) * Float(1.0 / 255) }) : ToBytes()
  }

  /// A float as a byte.
  @inline(__always)
  static func byte(_ value: Float) -> UInt8 {
    let scaled = value * Float(255.999)
    return scaled > 0 ? (scaled < 255 ? UInt8(scaled) : 255) : 0
  }

  private struct ToBytes: PreparedStep {
    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let (source, target) = (input.floats, output.bytes)
      for place in 0..<input.type.elementCount { target[place] = byte(source[place]) }
    }
  }
}
