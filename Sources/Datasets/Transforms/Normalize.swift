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
  ) throws(TransformMismatch) -> (
    output: ImageType, step: TransformStep
  ) {
    if !input.isFloat {
      throw TransformMismatch(
        "'normalize' needs floats, the images are bytes", hint: "put to_tensor before it")
    }
    return (
      input,
      .normalize(
        mean: try spread(mean, "mean", input.channels), std: try spread(std, "std", input.channels))
    )
  }

  private func spread(
    _ values: [Double], _ name: String, _ channels: Int
  ) throws(TransformMismatch) -> [Float] {
    guard values.count == 1 || values.count == channels else {
      throw TransformMismatch(
        "'\(name)' has \(values.count) values, the images \(channels) "
          + (channels == 1 ? "channel" : "channels"), argument: name)
    }
    let floats = values.map(Float.init)
    return floats.count == 1 ? Array(repeating: floats[0], count: channels) : floats
  }
}
