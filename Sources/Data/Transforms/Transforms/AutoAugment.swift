import ExperimentConfig
import Randomness

struct AutoAugment: Transform {
  static let schema = ComponentSchema(
    "auto_augment", main: "policy",
    [
      Field(
        "policy", .choice(AugmentPolicy.allCases.map(\.rawValue)), default: "imagenet",
        doc: "The data set that the policy was learned on."),
      ArgumentFields.interpolation, ArgumentFields.fill,
    ],
    doc:
      "In training, changes each image by one of 25 pairs of operations that were found by search.")

  static let isRandom = true

  private let policy: AugmentPolicy
  private let interpolation: Interpolation
  private let fill: [Double]

  init(_ arguments: Arguments) throws {
    policy = AugmentPolicy(rawValue: try arguments.string("policy")) ?? .imagenet
    interpolation = try arguments.interpolation()
    fill = try arguments.numbers("fill")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.allowsPolicy("auto_augment")
    let step = AutoAugmentStep(
      policy: policy, interpolation: interpolation, fill: try input.fill(fill))
    return (input, .autoAugment(step))
  }
}

/// One pair of operations, each applied with its own probability. Source: torchvision's `AutoAugment`.
package struct AutoAugmentStep: ImageStep {
  package var policy: AugmentPolicy
  package var interpolation: Interpolation
  /// One value for each channel.
  package var fill: [Float]

  static let isRandom = true

  /// The magnitudes that the policies number.
  static let magnitudes = PolicyMagnitudes.usual(count: 10)

  var fingerprint: String {
    "auto_augment \(policy.rawValue) \(interpolation.rawValue) fill=\(fill)"
  }

  func draw(_ draws: Draws, height: Int, width: Int) -> [PolicyChange] {
    let stream = draws.stream
    let pairs = policy.pairs
    let pair = pairs[stream.integer(below: pairs.count, at: 0)]
    return [pair.first, pair.second].enumerated().compactMap { place, rule in
      guard stream.uniform64(1 + 2 * place) < rule.p else { return nil }
      return Self.magnitudes.change(
        rule.operation, index: rule.magnitude, isNegative: stream.uniform64(2 + 2 * place) < 0.5,
        height: height, width: width)
    }
  }

  func prepare(for input: ImageType) -> any PreparedStep {
    PreparedPolicy(input: input, interpolation: interpolation, fill: fill) {
      draw($0, height: input.height, width: input.width)
    }
  }
}
