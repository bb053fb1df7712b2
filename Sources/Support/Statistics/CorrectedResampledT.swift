/// The corrected resampled t test of Nadeau and Bengio ("Inference for the Generalization Error",
/// 2003): whether two models differ by more than noise, given the differences of their scores on the
/// same folds.
///
/// t = d̄ / √((1/J + n_test / n_train) · s²) with J − 1 degrees of freedom. The second term stands for
/// the training sets that the folds share; without it a t test finds differences that are none far too
/// often.
package struct CorrectedResampledT: Sendable, Hashable {
  /// J, over all repeats.
  package let folds: Int
  /// d̄; `nil` if there are no differences or one of them is not a finite number.
  package let mean: Double?
  /// √((1/J + n_test / n_train) · s²)
  package let standardError: Double?
  package let statistic: Double?
  package let degrees: Int?
  /// Two-sided.
  package let pValue: Double?
  /// Of the mean difference.
  package let interval: Interval?
  /// Why there is no `pValue`, or what makes it a special one.
  package let reason: String?

  /// - Parameters:
  ///   - differences: of the scores, one a fold and repeat.
  ///   - testShare: n_test / n_train, 1 / (k − 1) for k folds; above 0.
  ///   - unit: what the scores were repeated over.
  ///   - range: the differences that are possible.
  ///   - confidence: of the interval.
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
        return "the held-out examples are \(testShare) of the training examples"
      }
      if differences.count == 1 { return "a single fold says nothing of how folds vary" }
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
        : "the difference is the same in every fold, so there is no variance to hold it against"
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

  /// The interval of the mean score of trainings, by the same formula as that of a difference.
  ///
  /// - Parameters:
  ///   - scores: one a training.
  ///   - range: the values that the score can have.
  /// - Returns: `nil` for fewer than two scores, for scores without variance or that are not finite
  ///   numbers, and where `testShare` is no share.
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
