/// A confidence interval: a range for a number that was estimated from data, with the method that made
/// it.
package struct Interval: Sendable, Hashable {
  package let lower: Double
  package let upper: Double
  package let method: IntervalMethod

  /// - Parameter range: the values that the number can have; the interval ends where they end.
  package init(
    lower: Double, upper: Double, method: IntervalMethod, within range: ClosedRange<Double>? = nil
  ) {
    func clipped(_ value: Double) -> Double {
      guard let range else { return value }
      return min(max(value, range.lowerBound), range.upperBound)
    }
    self.lower = clipped(lower)
    self.upper = clipped(upper)
    self.method = method
  }

  /// The t interval around an estimate with the standard error `error`.
  init(
    around estimate: Double, error: Double, degrees: Double, method: IntervalMethod,
    within range: ClosedRange<Double>? = nil
  ) {
    // The upper half's quantile would lose digits of a confidence near 1.
    let reach = -StudentT(degrees: degrees).quantile((1 - method.confidence) / 2) * error
    self.init(lower: estimate - reach, upper: estimate + reach, method: method, within: range)
  }

  /// The middle share of the values that resamples gave: the percentile bootstrap.
  ///
  /// - Parameters:
  ///   - values: of the resamples that define the number.
  ///   - drawn: all resamples.
  ///   - method: its number of resamples becomes that of `values`.
  /// - Returns: `nil` if fewer than half of the resamples define the number, or if all of them have the
  ///   same value: then they say nothing about how much it varies.
  package init?(
    percentilesOf values: [Double], drawn: Int, method: IntervalMethod,
    within range: ClosedRange<Double>? = nil
  ) {
    guard !values.isEmpty, values.count * 2 >= drawn else { return nil }
    let sorted = values.sorted()
    guard Self.vary(sorted) else { return nil }
    var method = method
    method.resamples = values.count
    self.init(
      lower: Self.quantile(sorted, (1 - method.confidence) / 2),
      upper: Self.quantile(sorted, (1 + method.confidence) / 2), method: method, within: range)
  }

  /// The share of such intervals that contain the true number.
  package var confidence: Double { method.confidence }

  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// Whether the numbers differ by more than rounding.
  static func vary(_ values: [Double]) -> Bool {
    guard let least = values.min(), let most = values.max() else { return false }
    return most - least > 1e-12 * max(abs(least), abs(most))
  }

  /// Between the two nearest values, linearly: NumPy's default.
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = min(Int(position), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}

/// How an interval was made, and from what: shown wherever the interval is.
package struct IntervalMethod: Codable, Sendable, Hashable {
  package enum Name: String, Codable, Sendable {
    /// Percentiles over resamples of the examples.
    case bootstrap
    /// The same for a difference: both models are scored on the same resamples.
    case pairedBootstrap = "paired bootstrap"
    /// Nadeau and Bengio's (2003), for scores of trainings that share examples.
    case correctedResampledT = "corrected resampled t"
    /// For independent numbers.
    case t
  }

  /// What varies: the interval says nothing about any other source of variation.
  package enum Unit: String, Codable, Sendable {
    case examples, folds, seeds
  }

  package var name: Name
  /// Such as 0.95.
  package var confidence: Double
  package var unit: Unit
  /// How many there are, independent of each other where they are examples.
  package var count: Int
  /// Resamples in which the number was defined; `nil` for a method that draws none.
  package var resamples: Int?

  package init(
    _ name: Name, over count: Int, _ unit: Unit, confidence: Double = 0.95, resamples: Int? = nil
  ) {
    self.name = name
    self.confidence = confidence
    self.unit = unit
    self.count = count
    self.resamples = resamples
  }

  enum CodingKeys: String, CodingKey {
    case name = "method"
    case confidence
    case unit = "over"
    case count, resamples
  }
}
