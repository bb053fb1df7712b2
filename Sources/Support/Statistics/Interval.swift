/// A confidence interval of an estimate, with the method that produced it.
package struct Interval: Sendable, Hashable {
  package let lower: Double
  package let upper: Double
  package let method: IntervalMethod

  /// - Parameter range: the possible values, to which the interval is clipped.
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
  ///
  /// - Parameter range: ignored if it does not contain the estimate: some losses are negative.
  init(
    around estimate: Double, error: Double, degrees: Double, method: IntervalMethod,
    within range: ClosedRange<Double>? = nil
  ) {
    // The upper quantile would lose digits for a confidence near 1.
    let reach = -StudentT(degrees: degrees).quantile((1 - method.confidence) / 2) * error
    self.init(
      lower: estimate - reach, upper: estimate + reach, method: method,
      within: range.flatMap { $0.contains(estimate) ? $0 : nil })
  }

  /// The percentile bootstrap interval of a statistic.
  ///
  /// - Parameters:
  ///   - values: the statistic on the resamples for which it is defined.
  ///   - drawn: the number of resamples.
  ///   - method: its `resamples` is set to the number of `values`.
  /// - Returns: `nil` if the statistic is defined for fewer than half of the resamples, or has the
  ///   same value on all of them, which says nothing about its variation.
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

  /// The confidence level.
  package var confidence: Double { method.confidence }

  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

  /// Whether the numbers differ by more than rounding errors.
  static func vary(_ values: [Double]) -> Bool {
    guard let least = values.min(), let most = values.max() else { return false }
    return most - least > 1e-12 * max(abs(least), abs(most))
  }

  /// The quantile with linear interpolation, NumPy's default.
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = min(Int(position), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}

/// How an interval was computed, and from what; shown wherever the interval is.
package struct IntervalMethod: Codable, Sendable, Hashable {
  package enum Name: String, Codable, Sendable {
    /// Percentiles over resamples of the examples.
    case bootstrap
    /// The same for a difference, with both models scored on the same resamples.
    case pairedBootstrap = "paired bootstrap"
    /// Nadeau and Bengio's (2003), for scores of trainings that share examples.
    case correctedResampledT = "corrected resampled t"
    /// Student's t, for independent numbers.
    case t
  }

  /// The source of variation that the interval covers; it says nothing about any other.
  package enum Unit: String, Codable, Sendable {
    case examples, folds, seeds
  }

  package var name: Name
  /// The confidence level, such as 0.95.
  package var confidence: Double
  package var unit: Unit
  /// The number of units; examples are independent of each other.
  package var count: Int
  /// The number of resamples on which the statistic was defined; `nil` for methods without
  /// resampling.
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
