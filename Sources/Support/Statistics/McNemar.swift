/// McNemar's test of whether two classifiers err equally often on the same examples. It depends
/// only on the discordant pairs: examples that exactly one of the two gets right.
package struct McNemar: Sendable, Hashable {
  package enum Method: String, Sendable, Hashable {
    case exact
    case chiSquared = "chi-squared"
  }

  /// With fewer discordant pairs, the exact test is used.
  package static let fewPairs = 25

  /// The number of examples that only the first classifier gets right.
  package let onlyFirst: Int
  /// The number of examples that only the second classifier gets right.
  package let onlySecond: Int
  /// The two-sided exact p-value: 2 · P(X ≤ min(b, c)), at most 1, for X binomial with n = b + c
  /// and p = ½.
  package let exact: Double
  /// χ² = (|b − c| − 1)² / (b + c) with Edwards' correction (1948), 0 at b = c as in R; 0 without
  /// discordant pairs.
  package let chiSquared: Double
  /// The p-value of `chiSquared` with one degree of freedom.
  package let approximate: Double
  /// Which of the two p-values `pValue` is.
  package let method: Method
  /// Why the test is uninformative; otherwise `nil`.
  package let reason: String?

  package var pValue: Double { method == .exact ? exact : approximate }

  /// - Parameters:
  ///   - onlyFirst: b, at least 0.
  ///   - onlySecond: c, at least 0.
  package init(onlyFirst: Int, onlySecond: Int) {
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    let pairs = onlyFirst + onlySecond
    method = pairs < Self.fewPairs ? .exact : .chiSquared
    guard pairs > 0 else {
      (exact, chiSquared, approximate) = (1, 0, 1)
      reason = "no example is answered correctly by only one of the two"
      return
    }
    reason = nil
    exact = min(1, 2 * Binomial(trials: pairs, probability: 0.5).cdf(min(onlyFirst, onlySecond)))
    let excess = Double(max(0, abs(onlyFirst - onlySecond) - 1))
    chiSquared = excess * excess / Double(pairs)
    approximate = ChiSquared(degrees: 1).sf(chiSquared)
  }

  /// Counts from the correctness of each classifier's answers, example by example; `nil` if the
  /// lengths differ.
  package init?(first: [Bool], second: [Bool]) {
    guard first.count == second.count else { return nil }
    var (onlyFirst, onlySecond) = (0, 0)
    for (one, other) in zip(first, second) where one != other {
      if one { onlyFirst += 1 } else { onlySecond += 1 }
    }
    self.init(onlyFirst: onlyFirst, onlySecond: onlySecond)
  }
}
