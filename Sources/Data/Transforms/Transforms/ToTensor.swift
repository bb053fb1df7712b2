import ExperimentConfig

struct ToTensor: Transform {
  static let schema = ComponentSchema(
    "to_tensor", doc: "Converts bytes of 0 to 255 to floats of 0 to 1, like torchvision's ToTensor."
  )

  init(_ arguments: Arguments) {}

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    if input.isFloat { throw TransformMismatch("the images are floats already") }
    return (input.converted(toFloat: true), .scale)
  }
}

/// Bytes to floats: x / 255.
struct ScaleStep: ImageStep {
  var fingerprint: String { "to_tensor" }

  func output(of input: ImageType) -> ImageType { input.converted(toFloat: true) }

  func prepare(for input: ImageType) -> any PreparedStep {
    PreparedByteTable(table: (0..<256).map { Float($0) / 255 })
  }
}

/// Bytes to floats with a lookup table.
struct PreparedByteTable: PreparedStep {
  /// 256 values.
  let table: [Float]

  func apply(
    _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
  ) {
    table.withUnsafeBufferPointer { table in
      let (source, target) = (input.bytes, output.floats)
      for place in 0..<input.type.elementCount { target[place] = table[Int(source[place])] }
    }
  }
}
