/// The mean and standard deviation of a few numbers, such as the scores of folds.
package struct SampleSummary: Sendable, Hashable {
  package let count: Int
  package let mean: Double
  /// With n − 1 in the denominator; `nil` for a single number.
  package let standardDeviation: Double?

  /// `nil` if there are no values or one of them is not finite.
  package init?(_ values: [Double]) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    count = values.count
    let n = Double(count)
    let rough = values.reduce(0) { $0 + $1 / n }
    // A second pass corrects the rounding errors of the first.
    let mean = rough + values.reduce(0) { $0 + ($1 - rough) } / n
    self.mean = mean
    guard count > 1 else {
      standardDeviation = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardDeviation = (squares / (n - 1)).squareRoot()
  }

  /// The t interval of the mean of independent numbers: mean ± t · sd / √n; `nil` for fewer than
  /// two. Scores of folds or seeds are not independent; use ``CorrectedResampledT``.
  ///
  /// - Parameter confidence: greater than 0 and less than 1.
  package func interval(confidence: Double = 0.95) -> Interval? {
    guard let standardDeviation, confidence > 0, confidence < 1 else { return nil }
    let n = Double(count)
    return Interval(
      around: mean, error: standardDeviation / n.squareRoot(), degrees: n - 1,
      method: IntervalMethod(.t, over: count, .examples, confidence: confidence))
  }
}
