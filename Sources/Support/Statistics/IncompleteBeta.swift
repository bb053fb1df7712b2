import Foundation

/// The regularised incomplete beta function I_x(a, b) and its complement.
package enum IncompleteBeta {
  /// I_x(a, b) and 1 − I_x(a, b), each to about 13 significant digits, even if tiny.
  ///
  /// - Parameters:
  ///   - x: from 0 to 1.
  ///   - y: 1 − x, which the caller may know more accurately if x is near 1.
  ///   - a: greater than 0.
  ///   - b: greater than 0.
  /// - Returns: NaN for both if an argument is out of range.
  package static func regularised(
    _ x: Double, complement y: Double, _ a: Double, _ b: Double
  ) -> (lower: Double, upper: Double) {
    guard a > 0, b > 0, a.isFinite, b.isFinite, x >= 0, y >= 0, abs(x + y - 1) < 1e-9 else {
      return (.nan, .nan)
    }
    if x == 0 { return (0, 1) }
    if y == 0 { return (1, 0) }
    // The continued fraction converges fast below the mean, a / (a + b).
    let distance = a > b ? (a + b) * y - b : a - (a + b) * x
    if distance >= 0 {
      let lower = min(1, density(x, y, a, b) * fraction(x, y, a, b, distance))
      return (lower, 1 - lower)
    }
    let upper = min(1, density(y, x, b, a) * fraction(y, x, b, a, -distance))
    return (1 - upper, upper)
  }

  /// x^a · y^b / B(a, b)
  static func density(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    let n = a + b
    let correction =
      SaddlePoint.stirlingError(n) - SaddlePoint.stirlingError(a) - SaddlePoint.stirlingError(b)
    // ab / (2πn), ordered so that the product cannot overflow.
    let scale = (a / n * b / (2 * Double.pi)).squareRoot()
    let exponent = SaddlePoint.deviance(a, n * x) + SaddlePoint.deviance(b, n * y)
    return scale * exp(correction - exponent)
  }

  /// I_x(a, b) · B(a, b) / (x^a · y^b) as a continued fraction: DLMF 8.17.22, contracted as in
  /// Didonato and Morris, TOMS algorithm 708, equation 9.
  ///
  /// - Parameter distance: a − (a + b) · x, at least 0.
  private static func fraction(
    _ x: Double, _ y: Double, _ a: Double, _ b: Double, _ distance: Double
  ) -> Double {
    let c = 1 + distance
    var (before, value) = (0.0, 1.0)
    var (divisorBefore, divisor) = (1.0, c * a / (a + 1))
    var ratio = value / divisor
    for step in 1...1_000_000 {
      let n = Double(step)
      let s = a + 2 * n - 1
      let w = n * (b - n) * x
      let alpha = (a + n - 1) / s * ((a + b + n - 1) / s) * w * x
      let beta = n + w / s + (a + n) / (a + 2 * n + 1) * (c + n * (1 + y))
      (before, value) = (value, alpha * before + beta * value)
      (divisorBefore, divisor) = (divisor, alpha * divisorBefore + beta * divisor)
      let next = value / divisor
      if abs(next - ratio) <= 1e-16 * next { return next }
      ratio = next
      before /= divisor
      divisorBefore /= divisor
      value = next
      divisor = 1
    }
    return ratio
  }
}
