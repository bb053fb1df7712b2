/// The binomial distribution.
package struct Binomial: Sendable, Hashable {
  package let trials: Int
  package let probability: Double

  /// - Parameters:
  ///   - trials: at least 0.
  ///   - probability: from 0 to 1.
  package init(trials: Int, probability: Double) {
    self.trials = trials
    self.probability = probability
  }

  /// P(X ≤ k) = I_(1−p)(n − k, k + 1) (DLMF 8.17.5).
  package func cdf(_ k: Int) -> Double { parts(k).lower }

  /// The survival function P(X > k), accurate even if tiny.
  package func sf(_ k: Int) -> Double { parts(k).upper }

  private func parts(_ k: Int) -> (lower: Double, upper: Double) {
    guard trials >= 0, probability >= 0, probability <= 1 else { return (.nan, .nan) }
    if k < 0 { return (0, 1) }
    if k >= trials { return (1, 0) }
    return IncompleteBeta.regularised(
      1 - probability, complement: probability, Double(trials - k), Double(k) + 1)
  }
}
