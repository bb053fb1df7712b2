import ExperimentConfig

struct Normalize: Transform {
  static let schema = ComponentSchema(
    "normalize",
    [
      Field(
        "mean", .scalarOrList(.number(.any), count: 1...1024), .optional,
        doc: "The mean to subtract, one value or one for each channel."),
      Field(
        "std", .scalarOrList(.number(.positive), count: 1...1024), .optional,
        doc: "The standard deviation to divide by, one value or one for each channel."),
      Field(
        "fit", .choice(["train"]), .optional,
        doc:
          "Instead of mean and std: computes them from the training examples, without those that "
          + "are held out, before the first step."),
    ],
    doc: "(x - mean) / std for each channel.")

  /// `nil` if they are computed from the training examples.
  private let mean: [Double]?
  private let std: [Double]?
  private let isFitted: Bool

  init(_ arguments: Arguments) throws {
    mean = arguments.has("mean") ? try arguments.numbers("mean") : nil
    std = arguments.has("std") ? try arguments.numbers("std") : nil
    isFitted = arguments.has("fit")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.needsFloats("normalize")
    if isFitted {
      if mean == nil, std == nil { return (input, .normalizeByTraining) }
      throw TransformMismatch(
        "'fit' computes mean and std, so they cannot be given as well",
        argument: mean == nil ? "std" : "mean")
    }
    guard let mean, let std else {
      throw TransformMismatch(
        "'normalize' needs "
          + (mean == nil && std == nil ? "'mean' and 'std'" : mean == nil ? "'mean'" : "'std'"),
        hint: "fit: train computes them from the training examples")
    }
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

/// `normalize: {fit: train}` before its values are known; it changes nothing.
struct UnfittedNormalizeStep: ImageStep {
  var fingerprint: String { "normalize fit=train" }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared() }

  private struct Prepared: PreparedStep {
    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      output.base.copyMemory(from: input.base, byteCount: input.type.byteCount)
    }
  }
}
