import ExperimentConfig
import Randomness

struct ColorJitter: Transform {
  static let schema = ComponentSchema(
    "color_jitter",
    [
      factor("brightness", "Brightness factor"),
      factor("contrast", "Contrast factor"),
      factor("saturation", "Saturation factor, without effect on grey images"),
      Field(
        "hue", .scalarOrList(.number(.between(-0.5, 0.5)), count: 2...2), default: "0",
        doc:
          "Fraction of the hue circle to rotate by, without effect on grey images: [from, to], or "
          + "one number for -number to number."),
    ],
    doc: "In training, changes the colours of each image, in a random order.")

  private static func factor(_ name: String, _ doc: String) -> Field {
    Field(
      name, .scalarOrList(.number(.nonNegative), count: 2...2), default: "0",
      doc: doc + ": [from, to], or one number for 1 - number to 1 + number, not below 0.")
  }

  static let isRandom = true

  private let brightness: [Double]
  private let contrast: [Double]
  private let saturation: [Double]
  private let hue: [Double]

  init(_ arguments: Arguments) throws {
    brightness = try arguments.numbers("brightness")
    contrast = try arguments.numbers("contrast")
    saturation = try arguments.numbers("saturation")
    hue = try arguments.numbers("hue")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.needsColours("color_jitter")
    let step = ColorJitterStep(
      brightness: try aroundOne(brightness, "brightness"),
      contrast: try aroundOne(contrast, "contrast"),
      saturation: try aroundOne(saturation, "saturation"), hue: try .symmetric(hue, "hue"))
    return (input, .colorJitter(step))
  }

  private func aroundOne(
    _ values: [Double], _ name: String
  ) throws(TransformMismatch) -> ValueRange {
    if values.count == 1 { return ValueRange(max(0, 1 - values[0]), 1 + values[0]) }
    return try .ordered(values[0], values[1], name)
  }
}

/// Four colour adjustments in random order, their factors drawn uniformly from ranges.
package struct ColorJitterStep: ImageStep {
  package var brightness: ValueRange
  package var contrast: ValueRange
  package var saturation: ValueRange
  package var hue: ValueRange

  static let isRandom = true

  var fingerprint: String {
    "color_jitter brightness=\(brightness.fingerprint) contrast=\(contrast.fingerprint) "
      + "saturation=\(saturation.fingerprint) hue=\(hue.fingerprint)"
  }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  /// One colour adjustment with its factor.
  enum Change: Equatable {
    case brightness(Double)
    case contrast(Double)
    case saturation(Double)
    case hue(Double)

    /// Applies it in place.
    func apply(to image: Pixels) {
      switch (self, image.type.isFloat) {
      case (.brightness(let factor), false): ByteColor.brightness(image, factor: Float(factor))
      case (.contrast(let factor), false): ByteColor.contrast(image, factor: Float(factor))
      case (.saturation(let factor), false): ByteColor.saturation(image, factor: Float(factor))
      case (.hue(let factor), false): ByteColor.hue(image, factor: factor)
      case (.brightness(let factor), true): FloatColor.brightness(image, factor: Float(factor))
      case (.contrast(let factor), true): FloatColor.contrast(image, factor: Float(factor))
      case (.saturation(let factor), true): FloatColor.saturation(image, factor: Float(factor))
      case (.hue(let factor), true): FloatColor.hue(image, factor: Float(factor))
      }
    }
  }

  /// The adjustments in the order in which they are applied. One whose range only has the neutral factor is
  /// left out, as in torchvision: rotating hues by 0 would still round them.
  func draw(_ draws: Draws) -> [Change] {
    let stream = draws.stream
    var changes: [Change] = [
      .brightness(stream.uniform(in: brightness, at: 0)),
      .contrast(stream.uniform(in: contrast, at: 1)),
      .saturation(stream.uniform(in: saturation, at: 2)),
      .hue(stream.uniform(in: hue, at: 3)),
    ]
    // A Fisher–Yates shuffle with random numbers at positions reserved for it.
    for last in [3, 2, 1] {
      changes.swapAt(last, stream.integer(below: last + 1, at: 3 + last))
    }
    return changes.filter { !isIdle($0) }
  }

  private func isIdle(_ change: Change) -> Bool {
    switch change {
    case .brightness: brightness == ValueRange(1, 1)
    case .contrast: contrast == ValueRange(1, 1)
    case .saturation: saturation == ValueRange(1, 1)
    case .hue: hue == ValueRange(0, 0)
    }
  }

  private struct Prepared: PreparedStep {
    let step: ColorJitterStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      output.copy(from: input)
      guard let draws else { return }
      for change in step.draw(draws) { change.apply(to: output) }
    }
  }
}
