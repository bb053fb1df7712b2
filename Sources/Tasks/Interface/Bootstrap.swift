import Statistics

/// The bootstrap: estimates how much a statistic would vary if other examples had been drawn from
/// the same source.
///
/// All metrics see the same ``Statistics/Resamples``, and equal predictions have equal intervals on every machine.
package enum Bootstrap {
  package static let standardResamples = 1000

  /// The 95% percentile interval of a statistic of resampled examples, given by their indices.
  ///
  /// - Parameters:
  ///   - range: the possible values of the statistic.
  ///   - statistic: returns `nil` if it is undefined for the resample.
  package static func interval(
    count: Int, resamples: Int = standardResamples, within range: ClosedRange<Double>? = nil,
    _ statistic: ([Int]) throws -> Double?
  ) rethrows -> Interval? {
    guard count > 0 else { return nil }
    let all = Resamples(of: count)
    var values: [Double] = []
    for resample in 0..<resamples {
      if let value = try statistic(all.draws(resample)) { values.append(value) }
    }
    return Interval(
      percentilesOf: values, drawn: resamples, method: method(count), within: range)
  }

  /// Describes how the intervals over `count` examples are computed.
  package static func method(_ count: Int) -> IntervalMethod {
    IntervalMethod(.bootstrap, over: count, .examples, resamples: standardResamples)
  }

  /// Calls `body` with the number of times each example was drawn; the same draws as in `interval`.
  package static func forEachResample(of count: Int, _ resamples: Int, _ body: ([Int32]) -> Void) {
    Resamples(of: count).forEach(resamples, body)
  }
}
