/// The distortion of a whole digit by handwriting: proportions, slant, rotation, and smooth warping.
struct DigitDistortion {
  /// The average slant of each digit from 0 to 9.
  private static let slants: [Float] = [0.27, 0.24, 0.18, 0.1, 0.3, 0.14, 0.06, 0.07, 0.13, 0.18]

  private let centre: SIMD2<Float>
  private let aspect: Float
  /// The slant: the tangent of the angle to the vertical, positive to the right.
  let slant: Float
  private let sine: Float
  private let cosine: Float
  /// Coefficients of x², xy, y², x³, x²y, xy², y³ in the displacement.
  private let bends: [SIMD2<Float>]
  private let wobble: Float
  private let phases: SIMD4<Float>

  /// Draws a distortion of the digit `label`, which spans `low` to `high`.
  init(of label: Int, low: SIMD2<Float>, high: SIMD2<Float>, draws: inout DigitDraws) {
    centre = (low + high) * 0.5
    let breadth = draws.bell(0.17)
    aspect = 1 + breadth + 0.8 * breadth * abs(breadth) + 0.04
    slant = Self.slants[label] + draws.bell(0.22)
    let turn = draws.bell(0.03)
    sine = DigitMath.sine(turn)
    cosine = DigitMath.cosine(turn)
    let strength = draws.within(0.02, 0.1)
    bends = (0..<7).map { index in
      let share: Float = index < 3 ? strength : strength * 0.8
      return SIMD2(draws.bell(share), draws.bell(share * 0.8))
    }
    wobble = draws.within(0, 0.016)
    phases = SIMD4(draws.unit(), draws.unit(), draws.unit(), draws.unit())
  }

  /// Maps `point`, at `part` (0 to 1) of its stroke; the digit is about 2 high and centred at 0.
  func apply(_ point: SIMD2<Float>, at part: Float) -> SIMD2<Float> {
    let x = (point.x - centre.x) * 2
    let y = (point.y - centre.y) * 2
    var place = SIMD2(x, y)
    place += bends[0] * (x * x) + bends[1] * (x * y) + bends[2] * (y * y)
    place += bends[3] * (x * x * x) + bends[4] * (x * x * y)
    place += bends[5] * (x * y * y) + bends[6] * (y * y * y)
    place.x += wobble * DigitMath.sine(2.3 * part + phases.x)
    place.y += wobble * DigitMath.sine(2.9 * part + phases.y)
    place.x += wobble * DigitMath.sine(5.7 * part + phases.z)
    place.y += wobble * DigitMath.sine(6.1 * part + phases.w)
    let leant = SIMD2(place.x * aspect - slant * place.y, place.y)
    return SIMD2(leant.x * cosine - leant.y * sine, leant.x * sine + leant.y * cosine)
  }
}
