/// A pen: its line width, and how the width changes along a stroke.
struct DigitPen {
  /// Half the line width in pixels of the final image.
  let radius: Float
  /// The distance in pixels over which ink fades at the edge of a line.
  let softness: Float
  private let pressure: Float
  private let waves: Float
  private let phase: Float
  private let nib: Float
  private let nibSine: Float
  private let nibCosine: Float

  /// The line width of each digit from 0 to 9, relative to the average, when scaled to the same box.
  private static let widths: [Float] = [1.09, 1.14, 1.04, 1, 0.97, 0.96, 1, 1.05, 0.93, 0.93]

  /// Draws a random pen for the digit `label`.
  init(for label: Int, draws: inout DigitDraws) {
    let weight = draws.unit()
    let square = weight * weight
    let width = 0.84 + 0.7 * weight + 0.5 * square * square + draws.bell(0.1)
    radius = width * Self.widths[label]
    softness = draws.within(0.5, 0.75)
    pressure = draws.within(0, 0.2)
    waves = draws.within(0.6, 2.4)
    phase = draws.unit()
    nib = draws.chance(0.4) ? draws.within(0, 0.25) : 0
    let angle = draws.unit()
    nibSine = DigitMath.sine(angle)
    nibCosine = DigitMath.cosine(angle)
  }

  /// Half the line width at `part` (0 to 1) of a stroke with direction `direction` at this point.
  func radius(at part: Float, direction: SIMD2<Float>) -> Float {
    let swing = pressure * DigitMath.sine(waves * part + phase)
    let length = max(DigitMath.length(direction), 1e-4)
    let across = (direction.x * nibSine - direction.y * nibCosine) / length
    return max(radius * (1 + swing) * (1 + nib * (across * across * 2 - 1)), 0.5)
  }
}
