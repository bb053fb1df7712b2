import ExperimentConfig
import Glibc

struct RandomRotation: Transform {
  static let schema = ComponentSchema(
    "random_rotation", main: "degrees",
    [
      ArgumentFields.degrees("[from, to], or one number for -number to number; counter-clockwise."),
      ArgumentFields.interpolation, ArgumentFields.fill,
    ],
    doc: "In training, rotates each image around its centre; the size does not change.")

  static let isRandom = true

  private let degrees: [Double]
  private let interpolation: Interpolation
  private let fill: [Double]

  init(_ arguments: Arguments) throws {
    degrees = try arguments.numbers("degrees")
    interpolation = try arguments.interpolation()
    fill = try arguments.numbers("fill")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    let step = RandomRotationStep(
      degrees: try .symmetric(degrees, "degrees"), interpolation: interpolation,
      fill: try input.fill(fill))
    return (input, .randomRotation(step))
  }
}

/// Rotates by an angle of `degrees`, drawn uniformly.
package struct RandomRotationStep: ImageStep {
  package var degrees: ValueRange
  package var interpolation: Interpolation
  /// One value for each channel.
  package var fill: [Float]

  static let isRandom = true

  var fingerprint: String {
    "random_rotation \(degrees.fingerprint) \(interpolation.rawValue) fill=\(fill)"
  }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  /// The angle in degrees, counter-clockwise.
  func draw(_ draws: Draws) -> Double { draws.stream.uniform(in: degrees, at: 0) }

  /// Rotates `input` by `angle` degrees counter-clockwise.
  func rotate(_ input: Pixels, _ output: Pixels, angle: Double) {
    let type = input.type
    if type.isFloat {
      let matrix = AffineMatrix(
        center: (0, 0), angle: -angle, translation: (0, 0), scale: 1, shear: (0, 0))
      return FloatAffine.apply(
        input, output, matrix: matrix, isBilinear: interpolation == .bilinear, fill: fill)
    }
    // Pillow rotates by multiples of 90° without interpolation.
    var turn = fmod(angle, 360)
    if turn < 0 { turn += 360 }
    switch turn {
    case 0: output.copy(from: input)
    case 180:
      quarterTurn(input, output) { row, column in (type.height - 1 - row, type.width - 1 - column) }
    case 90 where type.width == type.height:
      quarterTurn(input, output) { row, column in (column, type.width - 1 - row) }
    case 270 where type.width == type.height:
      quarterTurn(input, output) { row, column in (type.width - 1 - column, row) }
    default:
      ByteAffine.apply(
        input, output,
        matrix: AffineMatrix(rotating: turn, height: type.height, width: type.width),
        isBilinear: interpolation == .bilinear, fill: fill)
    }
  }

  private func quarterTurn(
    _ input: Pixels, _ output: Pixels, from: (_ row: Int, _ column: Int) -> (row: Int, column: Int)
  ) {
    let type = input.type
    for row in 0..<type.height {
      for column in 0..<type.width {
        let source = from(row, column)
        for channel in 0..<type.channels {
          let plane = channel * type.planeCount
          output.bytes[plane + row * type.width + column] =
            input.bytes[plane + source.row * type.width + source.column]
        }
      }
    }
  }

  private struct Prepared: PreparedStep {
    let step: RandomRotationStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      guard let draws else { return output.copy(from: input) }
      step.rotate(input, output, angle: step.draw(draws))
    }
  }
}
