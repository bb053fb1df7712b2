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
  /// d̄; nothing where there are no differences or one of them is not a finite number.
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
  ///   - confidence: of the interval.
  package init(differences: [Double], testShare: Double, confidence: Double = 0.95) {
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
    let summary = SampleSummary(differences, confidence: confidence)
    mean = summary?.mean
    if let refusal = refusal() {
      (standardError, statistic, degrees, pValue, interval) = (nil, nil, nil, nil, nil)
      reason = refusal
      return
    }
    degrees = folds - 1
    let largest = differences.reduce(0) { max($0, abs($1)) }
    let range = (differences.max() ?? 0) - (differences.min() ?? 0)
    guard let mean = summary?.mean, let deviation = summary?.standardDeviation,
      // What rounding alone makes of equal differences is no variance.
      range > 1e-12 * largest
    else {
      (standardError, statistic, interval) = (0, nil, nil)
      pValue = largest == 0 ? 1 : nil
      reason =
        largest == 0
        ? "the two are equal in every fold"
        : "the difference is the same in every fold, so there is no variance to hold it against"
      return
    }
    let error = (1 / Double(folds) + testShare).squareRoot() * deviation
    let t = mean / error
    standardError = error
    statistic = t
    pValue = StudentT(degrees: Double(folds - 1)).twoSided(t)
    interval = Interval(
      around: mean, error: error, degrees: Double(folds - 1), confidence: confidence)
    reason = nil
  }
}
