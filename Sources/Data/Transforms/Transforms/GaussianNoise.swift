import ExperimentConfig
import Randomness

struct GaussianNoise: Transform {
  static let schema = ComponentSchema(
    "gaussian_noise",
    [
      Field("mean", .number(.any), default: "0", doc: "The mean of the noise."),
      Field(
        "sigma", .number(.nonNegative), default: "0.1", doc: "The noise's standard deviation."),
      Field("clip", .boolean, default: "true", doc: "Whether the result is clipped to 0 to 1."),
    ],
    doc: "In training, adds normal noise to every value.")

  static let isRandom = true

  private let step: GaussianNoiseStep

  init(_ arguments: Arguments) throws {
    step = GaussianNoiseStep(
      mean: Float(try arguments.number("mean")), sigma: Float(try arguments.number("sigma")),
      clip: try arguments.boolean("clip"))
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.needsFloats("gaussian_noise")
    return (input, .gaussianNoise(step))
  }
}

/// x + (mean + sigma n), n normal; floats only.
package struct GaussianNoiseStep: ImageStep {
  package var mean: Float
  package var sigma: Float
  package var clip: Bool

  static let isRandom = true

  var fingerprint: String { "gaussian_noise mean=\(mean) sigma=\(sigma) clip=\(clip)" }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  /// Adds the noise to `image`; `normals`, which may be the same buffer, has the normal random numbers.
  func add(
    _ image: UnsafePointer<Float>, normals: UnsafePointer<Float>,
    to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    for place in 0..<count {
      let value = image[place] + (mean + normals[place] * sigma)
      output[place] = clip ? min(max(value, 0), 1) : value
    }
  }

  private struct Prepared: PreparedStep {
    let step: GaussianNoiseStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      guard let draws else { return output.copy(from: input) }
      let count = input.type.elementCount
      draws.pixels.fill(normals: UnsafeMutableBufferPointer(start: output.floats, count: count))
      step.add(input.floats, normals: output.floats, to: output.floats, count: count)
    }
  }
}
