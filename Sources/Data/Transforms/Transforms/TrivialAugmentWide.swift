import ExperimentConfig
import Randomness

struct TrivialAugmentWide: Transform {
  static let schema = ComponentSchema(
    "trivial_augment_wide",
    [ArgumentFields.magnitudeBins, ArgumentFields.interpolation, ArgumentFields.fill],
    doc: "In training, changes each image by one of fourteen operations at a random magnitude.")

  static let isRandom = true

  private let bins: Int
  private let interpolation: Interpolation
  private let fill: [Double]

  init(_ arguments: Arguments) throws {
    bins = try arguments.integer("num_magnitude_bins")
    interpolation = try arguments.interpolation()
    fill = try arguments.numbers("fill")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.allowsPolicy("trivial_augment_wide")
    let step = TrivialAugmentWideStep(
      bins: bins, interpolation: interpolation, fill: try input.fill(fill))
    return (input, .trivialAugmentWide(step))
  }
}

/// One operation at one of `bins` magnitudes, both drawn evenly. Source: torchvision's `TrivialAugmentWide`.
package struct TrivialAugmentWideStep: ImageStep {
  package var bins: Int
  package var interpolation: Interpolation
  /// One value for each channel.
  package var fill: [Float]

  static let isRandom = true

  var fingerprint: String {
    "trivial_augment_wide bins=\(bins) \(interpolation.rawValue) fill=\(fill)"
  }

  func draw(_ draws: Draws, height: Int, width: Int) -> PolicyChange {
    let stream = draws.stream
    let operations = PolicyOperation.choices
    return PolicyMagnitudes.wide(count: bins).change(
      operations[stream.integer(below: operations.count, at: 0)],
      index: stream.integer(below: bins, at: 1), isNegative: stream.uniform64(2) < 0.5,
      height: height, width: width)
  }

  func prepare(for input: ImageType) -> any PreparedStep {
    PreparedPolicy(input: input, interpolation: interpolation, fill: fill) {
      [draw($0, height: input.height, width: input.width)]
    }
  }
}
