import ExperimentConfig
import Glibc
import Randomness

struct RandomErasing: Transform {
  static let schema = ComponentSchema(
    "random_erasing", main: "p",
    [
      ArgumentFields.probability("Probability that a part of an image is erased."),
      Field(
        "scale", .list(of: .number(.unit), count: 2...2), default: "[0.02, 0.33]",
        doc: "[from, to]: the fraction of the image's area that is erased."),
      Field(
        "ratio", .list(of: .number(.between(0.001, 1000)), count: 2...2), default: "[0.3, 3.3]",
        doc: "[from, to]: the height of the rectangle divided by its width."),
      Field(
        "value",
        .oneOf([.number(.any), .list(of: .number(.any), count: 1...1024), .choice(["random"])]),
        default: "0",
        doc: "The new value: a number, one for each channel, or random for normal noise."),
    ],
    doc: "In training, erases a rectangle of some images.")

  static let isRandom = true

  private let p: Double
  private let scale: [Double]
  private let ratio: [Double]
  /// `nil` for noise.
  private let value: [Double]?

  init(_ arguments: Arguments) throws {
    p = try arguments.number("p")
    scale = try arguments.numbers("scale")
    ratio = try arguments.numbers("ratio")
    value = arguments.word("value") == nil ? try arguments.numbers("value") : nil
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.needsFloats("random_erasing")
    var fill: [Float]?
    if let value { fill = try input.spread(value, "value") }
    let step = RandomErasingStep(
      p: p, scale: try .ordered(scale[0], scale[1], "scale"),
      ratio: try .ordered(ratio[0], ratio[1], "ratio"), value: fill)
    return (input, .randomErasing(step))
  }
}

/// Sets a rectangle to a value with probability `p`; floats only.
package struct RandomErasingStep: ImageStep {
  package var p: Double
  /// The share of the image's area.
  package var scale: ValueRange
  /// Height divided by width; drawn uniformly on a logarithmic scale.
  package var ratio: ValueRange
  /// One value for each channel; `nil` for normal noise.
  package var value: [Float]?

  static let isRandom = true

  var fingerprint: String {
    "random_erasing p=\(p) scale=\(scale.fingerprint) ratio=\(ratio.fingerprint) value="
      + (value.map { "\($0)" } ?? "random")
  }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  struct Part: Equatable {
    var top: Int
    var left: Int
    var height: Int
    var width: Int
  }

  /// The rectangle to erase; `nil` for none. Like torchvision, tries ten times to draw one that is smaller
  /// than the image on both sides.
  func draw(_ draws: Draws, height: Int, width: Int) -> Part? {
    let stream = draws.stream
    guard stream.uniform64(0) < p else { return nil }
    for attempt in 0..<10 {
      let first = 1 + 4 * attempt
      let area = Double(height * width) * stream.uniform(in: scale, at: first)
      let aspect = exp(
        stream.uniform(in: ValueRange(log(ratio.low), log(ratio.high)), at: first + 1))
      let h = Int((area * aspect).squareRoot().rounded(.toNearestOrEven))
      let w = Int((area / aspect).squareRoot().rounded(.toNearestOrEven))
      if h >= height || w >= width { continue }
      return Part(
        top: stream.integer(below: height - h + 1, at: first + 2),
        left: stream.integer(below: width - w + 1, at: first + 3), height: h, width: w)
    }
    return nil
  }

  /// Sets `part` of `image`, [channels, height, width], to the value.
  func erase(_ image: Pixels, _ part: Part, noise: RandomStream?) {
    let type = image.type
    let area = part.height * part.width
    var normals: [Float] = []
    if value == nil, let noise {
      normals = Array(unsafeUninitializedCapacity: type.channels * area) { buffer, count in
        noise.fill(normals: UnsafeMutableBufferPointer(rebasing: buffer[0..<type.channels * area]))
        count = type.channels * area
      }
    }
    for channel in 0..<type.channels {
      for row in 0..<part.height {
        let line =
          image.floats + channel * type.planeCount + (part.top + row) * type.width + part.left
        for column in 0..<part.width {
          line[column] =
            value?[channel] ?? normals[channel * area + row * part.width + column]
        }
      }
    }
  }

  private struct Prepared: PreparedStep {
    let step: RandomErasingStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      output.copy(from: input)
      guard let draws,
        let part = step.draw(draws, height: input.type.height, width: input.type.width)
      else { return }
      step.erase(output, part, noise: draws.pixels)
    }
  }
}
