/// The chi-squared distribution, computed as P and Q at (ν/2, x/2) (Abramowitz and Stegun 26.4.19).
package struct ChiSquared: Sendable, Hashable {
  /// Degrees of freedom.
  package let degrees: Double

  /// - Parameter degrees: finite and greater than 0.
  package init(degrees: Double) { self.degrees = degrees }

  package func cdf(_ x: Double) -> Double {
    IncompleteGamma.regularised(degrees / 2, max(0, x) / 2).lower
  }

  /// The survival function 1 − `cdf(x)`, accurate even if tiny.
  package func sf(_ x: Double) -> Double {
    IncompleteGamma.regularised(degrees / 2, max(0, x) / 2).upper
  }

  /// The inverse of `cdf`; 0 and ∞ at 0 and 1, NaN outside.
  package func quantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1, degrees > 0, degrees.isFinite else { return .nan }
    if probability == 0 { return 0 }
    if probability == 1 { return .infinity }
    let isLower = probability < 0.5
    return QuantileSearch.solve(
      isLower ? probability : 1 - probability, from: degrees, rising: isLower
    ) { x in
      let (lower, upper) = IncompleteGamma.regularised(degrees / 2, x / 2)
      // x^a · e^(−x) / Γ(a) is the density times x.
      return (isLower ? lower : upper, IncompleteGamma.density(degrees / 2, x / 2) / x)
    }
  }
}
