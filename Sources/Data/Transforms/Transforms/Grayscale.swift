import ExperimentConfig

struct Grayscale: Transform {
  static let schema = ComponentSchema(
    "grayscale", main: "num_output_channels",
    [
      Field(
        "num_output_channels", .integer(.between(1, 3)), default: "1",
        doc: "1, or 3 for three equal channels.")
    ],
    doc: "Converts colours to grey.")

  private let channels: Int

  init(_ arguments: Arguments) throws { channels = try arguments.integer("num_output_channels") }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    if channels == 2 {
      throw TransformMismatch(
        "'num_output_channels' must be 1 or 3, found 2", argument: "num_output_channels")
    }
    try input.needsColours("grayscale")
    let step = GrayscaleStep(channels: channels)
    return (step.output(of: input), .grayscale(step))
  }
}

/// The brightness of each pixel, in one channel or in three.
package struct GrayscaleStep: ImageStep {
  package var channels: Int

  var fingerprint: String { "grayscale \(channels)" }

  func output(of input: ImageType) -> ImageType {
    ImageType(
      channels: channels, height: input.height, width: input.width, isFloat: input.isFloat)
  }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared() }

  private struct Prepared: PreparedStep {
    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let size = input.type.planeCount
      if input.type.channels == 1 {
        output.base.copyMemory(from: input.base, byteCount: input.type.byteCount)
      } else if input.type.isFloat {
        let (source, target) = (input.floats, output.floats)
        for place in 0..<size {
          target[place] = FloatColor.luma(
            source[place], source[size + place], source[2 * size + place])
        }
      } else {
        let (source, target) = (input.bytes, output.bytes)
        for place in 0..<size {
          target[place] = ByteColor.luma(
            source[place], source[size + place], source[2 * size + place])
        }
      }
      let plane = output.type.byteCount / output.type.channels
      for channel in 1..<max(output.type.channels, 1) {
        (output.base + channel * plane).copyMemory(from: output.base, byteCount: plane)
      }
    }
  }
}
