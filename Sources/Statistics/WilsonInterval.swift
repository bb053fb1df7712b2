extension Interval {
  /// Wilson's score interval of a share (1927): the shares that a normal test of level
  /// 1 − `confidence` does not reject, given `successes` of `count`.
  ///
  /// - Returns: `nil` without examples, or where `successes` is not between 0 and `count`.
  package static func wilson(
    successes: Int, of count: Int, confidence: Double = 0.95
  ) -> Interval? {
    guard count > 0, (0...count).contains(successes), confidence > 0, confidence < 1 else {
      return nil
    }
    let n = Double(count)
    let share = Double(successes) / n
    let z = -Normal.quantile((1 - confidence) / 2)
    let square = z * z / n
    let centre = (share + square / 2) / (1 + square)
    let reach =
      (share * (1 - share) * square + square * square / 4).squareRoot() / (1 + square)
    // Exact where nothing, or everything, succeeded.
    return Interval(
      lower: successes == 0 ? 0 : max(0, centre - reach),
      upper: successes == count ? 1 : min(1, centre + reach),
      method: IntervalMethod(.wilson, over: count, .examples, confidence: confidence))
  }
}
