import Foundation

/// The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P(a, x).
package enum IncompleteGamma {
  /// P(a, x) and Q(a, x), each to about 13 significant digits, even if tiny.
  ///
  /// - Parameters:
  ///   - a: greater than 0.
  ///   - x: at least 0.
  /// - Returns: NaN for both if an argument is out of range.
  package static func regularised(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
    guard a > 0, a.isFinite, x >= 0 else { return (.nan, .nan) }
    if x == 0 { return (0, 1) }
    if x == .infinity { return (1, 0) }
    if x < a + 1 {
      let lower = min(1, density(a, x) * series(a, x))
      return (lower, 1 - lower)
    }
    let upper = min(1, density(a, x) * fraction(a, x))
    return (1 - upper, upper)
  }

  /// x^a · e^(−x) / Γ(a)
  static func density(_ a: Double, _ x: Double) -> Double {
    (a / (2 * Double.pi)).squareRoot()
      * exp(-SaddlePoint.stirlingError(a) - SaddlePoint.deviance(a, x))
  }

  /// DLMF 8.11.4: Σ x^n / (a (a + 1) … (a + n))
  private static func series(_ a: Double, _ x: Double) -> Double {
    var term = 1 / a
    var sum = term
    var n = a
    while true {
      n += 1
      term *= x / n
      sum += term
      if term <= sum * 1e-17 { return sum }
    }
  }

  /// DLMF 8.9.2, contracted, by Lentz's method.
  private static func fraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var d = 1 / b
    var c = Double.greatestFiniteMagnitude
    var value = d
    for step in 1...1_000_000 {
      let n = Double(step)
      let numerator = n * (a - n)
      b += 2
      d = 1 / nonzero(numerator * d + b)
      c = nonzero(b + numerator / c)
      value *= c * d
      if abs(c * d - 1) <= 2e-16 { break }
    }
    return value
  }

  private static func nonzero(_ value: Double) -> Double {
    abs(value) < 1e-300 ? 1e-300 : value
  }
}
