import ExperimentConfig

struct Normalize: Transform {
  static let schema = ComponentSchema(
    "normalize",
    [
      Field(
        "mean", .scalarOrList(.number(.any), count: 1...1024), .required,
        doc: "Subtracted, one value or one for each channel."),
      Field(
        "std", .scalarOrList(.number(.positive), count: 1...1024), .required,
        doc: "Divided by, one value or one for each channel."),
    ],
    doc: "(x - mean) / std for each channel.")

  private let mean: [Double]
  private let std: [Double]

  init(_ arguments: Arguments) throws {
    mean = try arguments.numbers("mean")
    std = try arguments.numbers("std")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.needsFloats("normalize")
    return (
      input, .normalize(mean: try input.spread(mean, "mean"), std: try input.spread(std, "std"))
    )
  }
}

/// (x - mean) / std of floats.
struct NormalizeStep: ImageStep {
  var mean: [Float]
  var std: [Float]

  var fingerprint: String { "normalize mean=\(mean) std=\(std)" }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  private struct Prepared: PreparedStep {
    let step: NormalizeStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let size = input.type.planeCount
      for channel in 0..<input.type.channels {
        let (mean, std) = (step.mean[channel], step.std[channel])
        let source = input.floats + channel * size
        let target = output.floats + channel * size
        for place in 0..<size { target[place] = (source[place] - mean) / std }
      }
    }
  }
}
