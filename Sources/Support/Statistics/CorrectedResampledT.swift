/// The corrected resampled t test of Nadeau and Bengio ("Inference for the Generalization Error",
/// 2003): tests whether two models differ by more than noise, given the differences of their scores
/// on the same folds.
///
/// t = d̄ / √((1/J + n_test / n_train) · s²) with J − 1 degrees of freedom. The second term
/// accounts for the overlap of the folds' training sets, without which a t test has far too many
/// false positives.
package struct CorrectedResampledT: Sendable, Hashable {
  /// J, over all repeats.
  package let folds: Int
  /// d̄; `nil` if there are no differences or one of them is not finite.
  package let mean: Double?
  /// √((1/J + n_test / n_train) · s²)
  package let standardError: Double?
  package let statistic: Double?
  package let degrees: Int?
  /// Two-sided.
  package let pValue: Double?
  /// The confidence interval of the mean difference.
  package let interval: Interval?
  /// Why there is no `pValue`, or why it is a special value; otherwise `nil`.
  package let reason: String?

  /// - Parameters:
  ///   - differences: of the scores, one per fold and repeat.
  ///   - testShare: n_test / n_train, which is 1 / (k − 1) for k folds; greater than 0.
  ///   - unit: what the scores were repeated over.
  ///   - range: the possible values of the difference.
  ///   - confidence: the level of the interval.
  package init(
    differences: [Double], testShare: Double, over unit: IntervalMethod.Unit = .folds,
    within range: ClosedRange<Double>? = nil, confidence: Double = 0.95
  ) {
    folds = differences.count
    func refusal() -> String? {
      if differences.isEmpty { return "there are no folds to compare" }
      if let place = differences.firstIndex(where: { !$0.isFinite }) {
        return "the difference in fold \(place + 1) is not a number"
      }
      if !(testShare > 0 && testShare.isFinite) {
        return "the ratio of held-out to training examples is \(testShare), not a number above 0"
      }
      if differences.count == 1 { return "a single fold does not show how much folds vary" }
      return nil
    }
    let summary = SampleSummary(differences)
    mean = summary?.mean
    if let refusal = refusal() {
      (standardError, statistic, degrees, pValue, interval) = (nil, nil, nil, nil, nil)
      reason = refusal
      return
    }
    degrees = folds - 1
    let largest = differences.reduce(0) { max($0, abs($1)) }
    guard let mean = summary?.mean, let deviation = summary?.standardDeviation,
      Interval.vary(differences)
    else {
      (standardError, statistic, interval) = (0, nil, nil)
      pValue = largest == 0 ? 1 : nil
      reason =
        largest == 0
        ? "the two are equal in every fold"
        : "the difference is the same in every fold, so its variance cannot be estimated"
      return
    }
    let error = Self.standardError(deviation, folds, testShare)
    let t = mean / error
    standardError = error
    statistic = t
    pValue = StudentT(degrees: Double(folds - 1)).twoSided(t)
    interval = Interval(
      around: mean, error: error, degrees: Double(folds - 1),
      method: IntervalMethod(.correctedResampledT, over: folds, unit, confidence: confidence),
      within: range)
    reason = nil
  }

  /// √((1/J + n_test / n_train) · s²)
  private static func standardError(
    _ deviation: Double, _ count: Int, _ testShare: Double
  ) -> Double {
    (1 / Double(count) + testShare).squareRoot() * deviation
  }

  /// The confidence interval of the mean score of several trainings, by the same formula as for a
  /// difference.
  ///
  /// - Parameters:
  ///   - scores: one per training.
  ///   - range: the possible values of the score.
  /// - Returns: `nil` for fewer than two scores, for scores that do not vary or are not finite, and
  ///   if `testShare` is not a positive finite number.
  package static func interval(
    ofMean scores: [Double], testShare: Double, over unit: IntervalMethod.Unit,
    within range: ClosedRange<Double>? = nil, confidence: Double = 0.95
  ) -> Interval? {
    guard testShare > 0, testShare.isFinite, confidence > 0, confidence < 1,
      let summary = SampleSummary(scores), let deviation = summary.standardDeviation,
      Interval.vary(scores)
    else { return nil }
    return Interval(
      around: summary.mean, error: standardError(deviation, scores.count, testShare),
      degrees: Double(scores.count - 1),
      method: IntervalMethod(
        .correctedResampledT, over: scores.count, unit, confidence: confidence),
      within: range)
  }
}
