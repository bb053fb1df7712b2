import ExperimentConfig
import Randomness

struct RandAugment: Transform {
  static let schema = ComponentSchema(
    "rand_augment",
    [
      Field(
        "num_ops", .integer(.between(0, 100)), default: "2",
        doc: "Number of operations applied to an image, one after the other."),
      Field(
        "magnitude", .integer(.between(0, 999)), default: "9",
        doc: "The magnitude of all operations, below num_magnitude_bins."),
      ArgumentFields.magnitudeBins, ArgumentFields.interpolation, ArgumentFields.fill,
    ],
    doc: "In training, changes each image by random operations of one magnitude.")

  static let isRandom = true

  private let operations: Int
  private let magnitude: Int
  private let bins: Int
  private let interpolation: Interpolation
  private let fill: [Double]

  init(_ arguments: Arguments) throws {
    operations = try arguments.integer("num_ops")
    magnitude = try arguments.integer("magnitude")
    bins = try arguments.integer("num_magnitude_bins")
    interpolation = try arguments.interpolation()
    fill = try arguments.numbers("fill")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.allowsPolicy("rand_augment")
    if magnitude >= bins {
      throw TransformMismatch(
        "'magnitude' is \(magnitude), but with 'num_magnitude_bins' of \(bins) it is at most "
          + "\(bins - 1)", argument: "magnitude")
    }
    let step = RandAugmentStep(
      operations: operations, magnitude: magnitude, bins: bins, interpolation: interpolation,
      fill: try input.fill(fill))
    return (input, .randAugment(step))
  }
}

/// Some operations at one magnitude, drawn evenly and independently. Source: torchvision's `RandAugment`.
package struct RandAugmentStep: ImageStep {
  /// How many.
  package var operations: Int
  package var magnitude: Int
  package var bins: Int
  package var interpolation: Interpolation
  /// One value for each channel.
  package var fill: [Float]

  static let isRandom = true

  var fingerprint: String {
    "rand_augment ops=\(operations) magnitude=\(magnitude) bins=\(bins) "
      + "\(interpolation.rawValue) fill=\(fill)"
  }

  func draw(_ draws: Draws, height: Int, width: Int) -> [PolicyChange] {
    let stream = draws.stream
    let choices = PolicyOperation.choices
    return (0..<operations).map { place in
      PolicyMagnitudes.usual(count: bins).change(
        choices[stream.integer(below: choices.count, at: 2 * place)], index: magnitude,
        isNegative: stream.uniform64(2 * place + 1) < 0.5, height: height, width: width)
    }
  }

  func prepare(for input: ImageType) -> any PreparedStep {
    PreparedPolicy(input: input, interpolation: interpolation, fill: fill) {
      draw($0, height: input.height, width: input.width)
    }
  }
}
