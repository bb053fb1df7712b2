import ExperimentConfig
import Randomness

struct RandomPerspective: Transform {
  static let schema = ComponentSchema(
    "random_perspective",
    [
      Field(
        "distortion_scale", .number(.unit), default: "0.5",
        doc: "How far corners move inwards at most, as a fraction of half the side."),
      ArgumentFields.probability("Probability that an image is distorted."),
      Field(
        "interpolation", .choice(["nearest", "bilinear"]), default: "bilinear",
        doc: "How to interpolate between pixels."),
      ArgumentFields.fill,
    ],
    doc: "In training, shows some images in perspective, each corner moved inwards.")

  static let isRandom = true

  private let distortion: Double
  private let p: Double
  private let interpolation: Interpolation
  private let fill: [Double]

  init(_ arguments: Arguments) throws {
    distortion = try arguments.number("distortion_scale")
    p = try arguments.number("p")
    interpolation = try arguments.interpolation()
    fill = try arguments.numbers("fill")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    let step = RandomPerspectiveStep(
      distortion: distortion, p: p, interpolation: interpolation, fill: try input.fill(fill))
    return (input, .randomPerspective(step))
  }
}

/// Moves each corner inwards with probability `p`, by up to `distortion` of half of the sides.
package struct RandomPerspectiveStep: ImageStep {
  package var distortion: Double
  package var p: Double
  package var interpolation: Interpolation
  /// One value for each channel.
  package var fill: [Float]

  static let isRandom = true

  var fingerprint: String {
    "random_perspective distortion=\(distortion) p=\(p) \(interpolation.rawValue) fill=\(fill)"
  }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  /// Where the corners go: top left, top right, bottom right, bottom left; `nil` if the image stays.
  func draw(_ draws: Draws, height: Int, width: Int) -> [Perspective.Corner]? {
    let stream = draws.stream
    guard stream.uniform64(0) < p else { return nil }
    let most = (
      x: Int(distortion * Double(width / 2)), y: Int(distortion * Double(height / 2))
    )
    return (0..<4).map { corner in
      let x = stream.integer(below: most.x + 1, at: 1 + 2 * corner)
      let y = stream.integer(below: most.y + 1, at: 2 + 2 * corner)
      return Perspective.Corner(
        x: corner == 0 || corner == 3 ? x : width - 1 - x, y: corner < 2 ? y : height - 1 - y)
    }
  }

  /// Moves the corners of `input` to `corners`; an image that would become a line stays as it is.
  func transform(_ input: Pixels, _ output: Pixels, _ corners: [Perspective.Corner]) {
    let map = Perspective(
      height: input.type.height, width: input.type.width, corners: corners)
    guard let map else { return output.copy(from: input) }
    map.apply(input, output, isBilinear: interpolation == .bilinear, fill: fill)
  }

  private struct Prepared: PreparedStep {
    let step: RandomPerspectiveStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let type = input.type
      guard let draws, let corners = step.draw(draws, height: type.height, width: type.width)
      else { return output.copy(from: input) }
      step.transform(input, output, corners)
    }
  }
}
