/// Estimates how much the difference of two models' scores would vary if other examples had been
/// drawn from the same source: both models are scored on the same resamples.
///
/// Intervals of single metrics use other ``Resamples``, so the two share no draws.
package struct PairedBootstrap: Sendable, Hashable {
  package static let standardResamples = 10_000
  private static let unit: UInt64 = 1

  /// The difference on the original examples.
  package let estimate: Double?
  /// The percentile interval of the difference; `nil` if there is a ``reason``.
  package let interval: Interval?
  /// The number of resamples on which the difference was defined.
  package let resamples: Int
  /// Why there is no interval; otherwise `nil`.
  package let reason: String?

  /// The difference of a score that is a mean over examples, given the difference for each example.
  package static func meanDifference(
    _ differences: [Double], resamples: Int = standardResamples, confidence: Double = 0.95
  ) -> PairedBootstrap {
    if let place = differences.firstIndex(where: { !$0.isFinite }) {
      return PairedBootstrap(reason: "the difference at example \(place) is not a number")
    }
    let count = Double(differences.count)
    let estimate = differences.reduce(0, +) / count
    let values =
      differences.isEmpty || resamples <= 0
      ? []
      : Resamples(of: differences.count, unit: unit).map(0..<resamples) { draws in
        draws.reduce(0.0) { $0 + differences[Int($1)] } / count
      }
    return PairedBootstrap(
      estimate, values, count: differences.count, resamples: resamples, confidence: confidence)
  }

  /// The difference of any two scores on the same examples.
  ///
  /// - Parameter difference: returns the difference of the scores over the examples with these
  ///   indices, which may repeat; `nil` if either is undefined.
  package static func interval(
    count: Int, resamples: Int = standardResamples, confidence: Double = 0.95,
    _ difference: ([Int]) throws -> Double?
  ) rethrows -> PairedBootstrap {
    guard count > 0 else { return PairedBootstrap(reason: "there are no examples") }
    let estimate = try difference(Array(0..<count))
    let all = Resamples(of: count, unit: unit)
    var values: [Double] = []
    for resample in 0..<max(0, resamples) {
      if let value = try difference(all.draws(resample)), value.isFinite { values.append(value) }
    }
    return PairedBootstrap(
      estimate, values, count: count, resamples: resamples, confidence: confidence)
  }

  /// Calls `body` with the number of times each example was drawn.
  package static func forEachResample(
    of count: Int, _ resamples: Int, _ body: ([Int32]) -> Void
  ) {
    Resamples(of: count, unit: unit).forEach(resamples, body)
  }

  /// The two-sided p-value: twice the share of resampled differences on the rarer side of 0,
  /// counting the original data as one, so never 0. Davison and Hinkley, "Bootstrap Methods and
  /// their Application" (1997), section 4.2.
  package static func p(_ values: [Double]) -> Double {
    let below = values.count { $0 <= 0 } + 1
    let above = values.count { $0 >= 0 } + 1
    return min(1, 2 * Double(min(below, above)) / Double(values.count + 1))
  }

  private init(
    estimate: Double? = nil, interval: Interval? = nil, resamples: Int = 0, reason: String?
  ) {
    self.estimate = estimate
    self.interval = interval
    self.resamples = resamples
    self.reason = reason
  }

  private init(
    _ estimate: Double?, _ values: [Double], count: Int, resamples: Int, confidence: Double
  ) {
    guard count > 0 else {
      self.init(reason: "there are no examples")
      return
    }
    guard let estimate, estimate.isFinite else {
      self.init(reason: "the difference is not defined for these examples")
      return
    }
    func refuse(_ reason: String) -> PairedBootstrap {
      PairedBootstrap(estimate: estimate, resamples: values.count, reason: reason)
    }
    guard confidence > 0, confidence < 1 else {
      self = refuse("a confidence of \(confidence) is not between 0 and 1")
      return
    }
    guard !values.isEmpty, values.count * 2 >= resamples else {
      self = refuse("the difference is defined in only \(values.count) of \(resamples) resamples")
      return
    }
    let interval = Interval(
      percentilesOf: values, drawn: resamples,
      method: IntervalMethod(.pairedBootstrap, over: count, .examples, confidence: confidence))
    self.init(
      estimate: estimate, interval: interval, resamples: values.count,
      reason: interval == nil ? "the difference is the same in every resample" : nil)
  }
}
