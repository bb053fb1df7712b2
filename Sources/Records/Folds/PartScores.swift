import Statistics
import Tasks

/// The scores of one split over all folds or seeds: mean, standard deviation and the confidence
/// interval of the mean.
///
/// The trainings of a run share training examples, so their scores are not independent; the interval
/// is that of the corrected resampled t test, as in `runner diff`.
struct PartScores {
  /// The mean over the parts for which the metric is defined.
  private(set) var means: [String: Double] = [:]
  private(set) var deviations: [String: Double] = [:]
  private(set) var intervals: [String: Interval] = [:]
  /// The number of parts with a value, for metrics that are undefined in some. Such a mean has no
  /// interval, because whether a part defines the metric may depend on its score.
  private(set) var counts: [String: Int] = [:]

  /// - Parameters:
  ///   - scores: one dictionary per part, by metric.
  ///   - testShare: scored examples as a fraction of the training examples.
  ///   - facts: the unit and direction of each score.
  init(
    _ scores: [[String: Double]], testShare: Double, over unit: IntervalMethod.Unit,
    _ facts: [String: MetricFacts]
  ) {
    for key in scores.reduce(into: Set<String>(), { $0.formUnion($1.keys) }).sorted() {
      let known = scores.compactMap { $0[key] }
      guard let all = SampleSummary(known) else { continue }
      means[key] = all.mean
      deviations[key] = all.standardDeviation
      if known.count < scores.count {
        counts[key] = known.count
      } else {
        intervals[key] = CorrectedResampledT.interval(
          ofMean: known, testShare: testShare, over: unit, within: facts[key]?.range)
      }
    }
  }
}
