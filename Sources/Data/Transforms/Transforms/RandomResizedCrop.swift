import ExperimentConfig
import Glibc
import Randomness

struct RandomResizedCrop: Transform {
  static let schema = ComponentSchema(
    "random_resized_crop", main: "size",
    [
      ArgumentFields.size("[height, width] of the result, or one number for both."),
      Field(
        "scale", .list(of: .number(.unit), count: 2...2), default: "[0.08, 1]",
        doc: "[from, to]: the fraction of the image's area that is cropped."),
      Field(
        "ratio", .list(of: .number(.between(0.001, 1000)), count: 2...2),
        default: "[0.75, 1.3333333333333333]",
        doc: "[from, to]: the width of the crop divided by its height."),
      ArgumentFields.resampling, ArgumentFields.antialias,
    ],
    doc: "In training, crops a random part of random size and proportions and resizes it; in "
      + "evaluation resizes the image to cover the size and crops the centre.")

  static let isRandom = true

  private let height: Int
  private let width: Int
  private let scale: [Double]
  private let ratio: [Double]
  private let interpolation: Interpolation
  private let antialias: Bool

  init(_ arguments: Arguments) throws {
    (height, width) = try arguments.size()
    scale = try arguments.numbers("scale")
    ratio = try arguments.numbers("ratio")
    interpolation = try arguments.interpolation()
    antialias = try arguments.boolean("antialias")
  }

  var rule: ResizingRule {
    ResizingRule(size: .cover(height: height, width: width), filter: interpolation)
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.allowsAntialias(antialias, interpolation)
    let step = RandomResizedCropStep(
      height: height, width: width, scale: try .ordered(scale[0], scale[1], "scale"),
      ratio: try .ordered(ratio[0], ratio[1], "ratio"), interpolation: interpolation,
      antialias: antialias)
    return (step.output(of: input), .randomResizedCrop(step))
  }
}

/// Crops a part of random size and proportions and resizes it to `height` times `width`.
package struct RandomResizedCropStep: ImageStep {
  package var height: Int
  package var width: Int
  /// The share of the image's area.
  package var scale: ValueRange
  /// Width divided by height; drawn uniformly on a logarithmic scale.
  package var ratio: ValueRange
  package var interpolation: Interpolation
  package var antialias: Bool

  static let isRandom = true

  var fingerprint: String {
    "random_resized_crop \(height)×\(width) scale=\(scale.fingerprint) ratio=\(ratio.fingerprint) "
      + "\(interpolation.rawValue) antialias=\(antialias)"
  }

  func output(of input: ImageType) -> ImageType { input.resized(height, width) }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self, input: input) }

  /// The part to crop. Like torchvision, tries ten times to draw one that the image holds, then takes the
  /// largest part in the centre whose proportions are in the range.
  func draw(_ draws: Draws, height: Int, width: Int) -> ImagePart {
    let stream = draws.stream
    let logarithms = ValueRange(log(ratio.low), log(ratio.high))
    for attempt in 0..<10 {
      let first = 4 * attempt
      let side = Self.side(
        area: Double(height * width) * stream.uniform(in: scale, at: first),
        ratio: exp(stream.uniform(in: logarithms, at: first + 1)))
      guard (1...height).contains(side.height), (1...width).contains(side.width) else { continue }
      return ImagePart(
        top: stream.integer(below: height - side.height + 1, at: first + 2),
        left: stream.integer(below: width - side.width + 1, at: first + 3),
        height: side.height, width: side.width)
    }
    return centralPart(height: height, width: width)
  }

  /// The sides of a rectangle of `area` pixels, rounded.
  ///
  /// - Parameter ratio: width divided by height.
  static func side(area: Double, ratio: Double) -> (height: Int, width: Int) {
    (
      Int((area / ratio).squareRoot().rounded(.toNearestOrEven)),
      Int((area * ratio).squareRoot().rounded(.toNearestOrEven))
    )
  }

  /// The largest part in the centre whose proportions are in the range, at least one pixel on each side.
  func centralPart(height: Int, width: Int) -> ImagePart {
    var part = ImagePart(top: 0, left: 0, height: height, width: width)
    let own = Double(width) / Double(height)
    func rounded(_ value: Double) -> Int { max(1, Int(value.rounded(.toNearestOrEven))) }
    if own < ratio.low {
      part.height = min(height, rounded(Double(width) / ratio.low))
    } else if own > ratio.high {
      part.width = min(width, rounded(Double(height) * ratio.high))
    }
    part.top = (height - part.height) / 2
    part.left = (width - part.width) / 2
    return part
  }

  /// The resampling of a part of an image.
  func resampling(of part: ImagePart) -> PartResampling {
    PartResampling(
      part: part, height: height, width: width, filter: interpolation, antialias: antialias)
  }

  /// The resampling for evaluation: as `resize` to the smallest size that covers the output, its longer
  /// side truncated, then `center_crop`.
  func evaluation(of input: ImageType) -> PartResampling {
    var result = resampling(
      of: ImagePart(top: 0, left: 0, height: input.height, width: input.width))
    if input.height * width < input.width * height {
      result.width = Int(Double(height * input.width) / Double(input.height))
    } else {
      result.height = Int(Double(width * input.height) / Double(input.width))
    }
    result.top = CenterCropStep.offset(result.height, height)
    result.left = CenterCropStep.offset(result.width, width)
    return result
  }

  private struct Prepared: PreparedStep {
    let step: RandomResizedCropStep
    let input: ImageType

    var scratchSize: Int {
      PartResampling.scratchSize(input, step.output(of: input), filter: step.interpolation)
    }

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let (height, width) = (input.type.height, input.type.width)
      let resampling =
        draws.map { step.resampling(of: step.draw($0, height: height, width: width)) }
        ?? step.evaluation(of: input.type)
      resampling.apply(input, output, scratch)
    }
  }
}
