/// Mean and spread of a few numbers, such as the scores of folds.
package struct SampleSummary: Sendable, Hashable {
  package let count: Int
  package let mean: Double
  /// With n − 1 in the divisor; nothing for a single number.
  package let standardDeviation: Double?
  /// The t interval of the mean: mean ± t · sd / √n. Numbers of folds are not independent, so for them
  /// it is too narrow; `CorrectedResampledT` is made for those.
  package let interval: Interval?

  /// Nothing where there are no values or one of them is not a finite number.
  ///
  /// - Parameter confidence: above 0 and below 1.
  package init?(_ values: [Double], confidence: Double = 0.95) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite), confidence > 0, confidence < 1 else {
      return nil
    }
    count = values.count
    let n = Double(count)
    let rough = values.reduce(0) { $0 + $1 / n }
    // The second pass takes out what the first one rounded.
    let mean = rough + values.reduce(0) { $0 + ($1 - rough) } / n
    self.mean = mean
    guard count > 1 else {
      standardDeviation = nil
      interval = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / (n - 1)).squareRoot()
    standardDeviation = deviation
    interval = Interval(
      around: mean, error: deviation / n.squareRoot(), degrees: n - 1, confidence: confidence)
  }
}

/// A range that a number lies in, as far as the data can say.
package struct Interval: Sendable, Hashable {
  package let lower: Double
  package let upper: Double
  /// The share of such intervals that hold the true number.
  package let confidence: Double

  package init(lower: Double, upper: Double, confidence: Double) {
    self.lower = lower
    self.upper = upper
    self.confidence = confidence
  }

  /// The t interval around an estimate with the standard error `error`.
  init(around estimate: Double, error: Double, degrees: Double, confidence: Double) {
    // The upper half's quantile would lose digits of a confidence near 1.
    let reach = -StudentT(degrees: degrees).quantile((1 - confidence) / 2) * error
    self.init(lower: estimate - reach, upper: estimate + reach, confidence: confidence)
  }

  package func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
