import ExperimentConfig
import Randomness

struct RandomHorizontalFlip: Transform {
  static let schema = ComponentSchema(
    "random_horizontal_flip", main: "p",
    [ArgumentFields.probability("Probability that an image is mirrored.")],
    doc: "In training, flips some images horizontally.")

  static let isRandom = true

  private let p: Double

  init(_ arguments: Arguments) throws { p = try arguments.number("p") }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input, .randomFlip(RandomFlipStep(isHorizontal: true, p: p)))
  }
}

/// Flips horizontally or vertically with probability `p`.
package struct RandomFlipStep: ImageStep {
  package var isHorizontal: Bool
  package var p: Double

  static let isRandom = true

  var fingerprint: String { "random_\(isHorizontal ? "horizontal" : "vertical")_flip p=\(p)" }

  func prepare(for input: ImageType) -> any PreparedStep {
    let rows = (0..<Int32(input.height)).map { $0 }
    let columns = (0..<Int32(input.width)).map { $0 }
    return Prepared(
      step: self,
      flip: PreparedMap(
        rows: isHorizontal ? rows : rows.reversed(),
        columns: isHorizontal ? columns.reversed() : columns, fill: []))
  }

  /// Whether the image is flipped.
  func draw(_ draws: Draws) -> Bool { draws.stream.uniform64(0) < p }

  private struct Prepared: PreparedStep {
    let step: RandomFlipStep
    let flip: PreparedMap

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      if let draws, step.draw(draws) {
        flip.apply(input, output, scratch, draws)
      } else {
        output.copy(from: input)
      }
    }
  }
}
