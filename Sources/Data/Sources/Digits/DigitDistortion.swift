/// What a hand does to a whole figure: proportions, slant, turn, and smooth bends of the plane.
struct DigitDistortion {
  /// How far writers lean each figure on average, beyond its own lean.
  private static let slants: [Float] = [0.27, 0.24, 0.18, 0.1, 0.3, 0.14, 0.06, 0.07, 0.13, 0.18]

  private let centre: SIMD2<Float>
  private let aspect: Float
  /// How far it leans: the tangent of the angle to the upright, positive to the right.
  let slant: Float
  private let sine: Float
  private let cosine: Float
  /// Factors of x², xy, y², x³, x²y, xy², y³ in the displacement.
  private let bends: [SIMD2<Float>]
  private let wobble: Float
  private let phases: SIMD4<Float>

  /// A distortion of the figure `label` that spans `low` to `high`.
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

  /// Where `point`, at `part` of its stroke, comes to lie; the figure is about 2 high around 0.
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
