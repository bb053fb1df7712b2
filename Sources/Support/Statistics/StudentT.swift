import Foundation

/// Student's t distribution.
package struct StudentT: Sendable, Hashable {
  /// Degrees of freedom.
  package let degrees: Double

  /// - Parameter degrees: finite and greater than 0.
  package init(degrees: Double) { self.degrees = degrees }

  package func cdf(_ t: Double) -> Double { sf(-t) }

  /// The survival function 1 − `cdf(t)`, accurate even if tiny: ½ · I_x(ν/2, ½) with x = ν / (ν +
  /// t²) for t ≥ 0 (Abramowitz and Stegun 26.7.1).
  package func sf(_ t: Double) -> Double {
    guard !t.isNaN, degrees > 0, degrees.isFinite else { return .nan }
    let tail = 0.5 * parts(abs(t)).outer
    return t < 0 ? 1 - tail : tail
  }

  /// The two-sided p-value: the probability of a value at least as far from 0 as `t`.
  package func twoSided(_ t: Double) -> Double { 2 * sf(abs(t)) }

  /// The inverse of `cdf`; ∓∞ at 0 and 1, NaN outside.
  package func quantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1, degrees > 0, degrees.isFinite else { return .nan }
    if probability == 0 { return -.infinity }
    if probability == 1 { return .infinity }
    if probability == 0.5 { return 0 }
    let isLower = probability < 0.5
    // Both subtractions are exact where their results are used.
    let outer = 2 * (isLower ? probability : 1 - probability)
    let start = min(max(1e-300, abs(Normal.quantile(probability))), 1e300)
    let t =
      outer > 0.5
      ? QuantileSearch.solve(abs(1 - 2 * probability), from: start, rising: true) {
        (parts($0).inner, 2 * density($0))
      }
      : QuantileSearch.solve(outer, from: start, rising: false) {
        (parts($0).outer, 2 * density($0))
      }
    return isLower ? -t : t
  }

  /// The probabilities of a value inside and outside [−t, t], for t ≥ 0.
  private func parts(_ t: Double) -> (inner: Double, outer: Double) {
    let root = t / degrees.squareRoot()
    if t == .infinity { return (1, 0) }
    if root > 1e100 {
      // Only the first term of the series in x remains, and x itself may underflow.
      let a = degrees / 2
      let scale = exp(lgamma(a + 0.5) - lgamma(a + 1) - lgamma(0.5))
      let outer = pow(1 / root, degrees) * scale
      return (1 - outer, outer)
    }
    let square = root * root
    let (outer, inner) = IncompleteBeta.regularised(
      1 / (1 + square), complement: square / (1 + square), degrees / 2, 0.5)
    return (inner, outer)
  }

  private func density(_ t: Double) -> Double {
    let root = t / degrees.squareRoot()
    if root > 1e100 { return parts(t).outer * degrees / t / 2 }
    let square = root * root
    // x^a · y^½ / B(a, ½) is the density times t.
    return IncompleteBeta.density(1 / (1 + square), square / (1 + square), degrees / 2, 0.5) / t
  }
}
