import Randomness

/// Changes the tones of some images: `operation` with probability `p`.
package struct RandomOperationStep: ImageStep {
  package var operation: PixelOperation
  package var p: Double

  static let isRandom = true

  var fingerprint: String { "random_\(operation.fingerprint) p=\(p)" }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  /// Whether the image is changed.
  func draw(_ draws: Draws) -> Bool { draws.stream.uniform64(0) < p }

  private struct Prepared: PreparedStep {
    let step: RandomOperationStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      if let draws, step.draw(draws) {
        step.operation.apply(input, output)
      } else {
        output.copy(from: input)
      }
    }
  }
}
