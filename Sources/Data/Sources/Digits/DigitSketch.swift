/// A point that a pen stroke passes through, smoothly or with a sharp turn.
struct DigitKnot {
  var place: SIMD2<Float>
  let isCorner: Bool

  /// A knot on a smooth curve.
  static func through(_ x: Float, _ y: Float) -> DigitKnot {
    DigitKnot(place: SIMD2(x, y), isCorner: false)
  }

  /// A knot where the pen changes direction abruptly.
  static func corner(_ x: Float, _ y: Float) -> DigitKnot {
    DigitKnot(place: SIMD2(x, y), isCorner: true)
  }
}

/// A digit as pen strokes of one writer, before slant, distortion and ink.
///
/// Digits span about 0...0.7 × 0...1, with x to the right and y down. Their shapes are defined in
/// `DigitSketch+LowFigures.swift` and `DigitSketch+HighFigures.swift`.
struct DigitSketch {
  var draws: DigitDraws
  /// How far knots deviate from their ideal positions.
  private let sloppiness: Float
  /// The strokes as finely sampled polylines.
  private(set) var strokes: [[SIMD2<Float>]] = []

  /// Sketches the digit `label` with random numbers from `draws`.
  init(of label: Int, draws: DigitDraws) {
    self.draws = draws
    let untidy = self.draws.unit()
    sloppiness = 0.008 + 0.03 * untidy * untidy
    switch label {
    case 0: drawZero()
    case 1: drawOne()
    case 2: drawTwo()
    case 3: drawThree()
    case 4: drawFour()
    case 5: drawFive()
    case 6: drawSix()
    case 7: drawSeven()
    case 8: drawEight()
    default: drawNine()
    }
  }

  /// A random number near `mean`.
  mutating func near(_ mean: Float, _ deviation: Float) -> Float { mean + draws.bell(deviation) }

  /// Adds a stroke through `knots`, each with a small random offset.
  mutating func pen(_ knots: [DigitKnot]) {
    let strayed = knots.map { knot in
      DigitKnot(
        place: knot.place + SIMD2(draws.bell(sloppiness), draws.bell(sloppiness)),
        isCorner: knot.isCorner)
    }
    strokes.append(DigitSpline.flatten(strayed))
  }

  /// Knots on an elliptical arc from `start` over `sweep` turns; 0 is right, 0.25 is below.
  ///
  /// `growth` is how much larger the ellipse is at the end than at the start.
  func arc(
    x: Float, y: Float, width: Float, height: Float, start: Float, sweep: Float,
    growth: Float = 0, knots: Int
  ) -> [DigitKnot] {
    (0..<knots).map { index in
      let part = Float(index) / Float(knots - 1)
      let angle = start + sweep * part
      let size = 1 + growth * part
      return .through(
        x + width * size * DigitMath.cosine(angle), y + height * size * DigitMath.sine(angle))
    }
  }
}

/// Curves through knots.
enum DigitSpline {
  /// The number of points per span between two knots.
  static let density = 6

  /// Samples the cubic curve through `knots`, with velocities from chord lengths, as a polyline.
  static func flatten(_ knots: [DigitKnot]) -> [SIMD2<Float>] {
    var line: [SIMD2<Float>] = []
    line.reserveCapacity((knots.count - 1) * density + 1)
    line.append(knots[0].place)
    for span in 0..<(knots.count - 1) {
      let from = knots[span].place
      let to = knots[span + 1].place
      let chord = max(DigitMath.length(to - from), 1e-4)
      let straight = (to - from) / chord
      let before = velocity(at: span, in: knots)
      let after = velocity(at: span + 1, in: knots)
      // At an end or a corner, the curve continues the bend of the rest of the span.
      let leave = (before ?? (straight * 1.5 - (after ?? straight) * 0.5)) * chord
      let arrive = (after ?? (straight * 1.5 - (before ?? straight) * 0.5)) * chord
      for step in 1...density {
        let t = Float(step) / Float(density)
        let s = 1 - t
        let start = from * (s * s * (1 + 2 * t)) + leave * (s * s * t)
        line.append(start + to * (t * t * (3 - 2 * t)) - arrive * (t * t * s))
      }
    }
    return line
  }

  /// The velocity at an inner smooth knot; `nil` at ends and corners.
  private static func velocity(at index: Int, in knots: [DigitKnot]) -> SIMD2<Float>? {
    guard index > 0, index < knots.count - 1, !knots[index].isCorner else { return nil }
    let back = knots[index].place - knots[index - 1].place
    let ahead = knots[index + 1].place - knots[index].place
    let before = max(DigitMath.length(back), 1e-4)
    let after = max(DigitMath.length(ahead), 1e-4)
    return (back * (after / before) + ahead * (before / after)) / (before + after)
  }
}
