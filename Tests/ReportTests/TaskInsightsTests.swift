import Report
import RunRecord
import Statistics
import Tasks
import Testing

/// The same diagnoses for scores of other tasks, with their unit and direction.
@Suite struct TaskInsightsTests {
  private func insight(
    _ topic: Insight.Topic, _ primary: PrimaryScore, training: Double? = nil,
    guessing: Double? = nil,
    validation: Double? = nil, test: Double? = nil, error: Double = 0.01
  ) -> Insight? {
    func score(_ value: Double?) -> SplitScore? {
      value.map {
        SplitScore(
          $0, count: 1_000,
          interval: Interval(
            lower: $0 - 1.96 * error, upper: $0 + 1.96 * error,
            method: Bootstrap.method(1_000), within: nil))
      }
    }
    var insights = Insights(
      curve: LearningCurve([]), bestEpoch: nil, primary: primary, validation: score(validation),
      test: score(test))
    insights.evidence.trainScore = training
    insights.evidence.baselineScore = guessing
    (insights.evidence.sampleCount, insights.evidence.trainCount) = (1_000, 1_000)
    return insights.all.first { $0.topic == topic }
  }

  private let sample = "all 1,000 training examples in evaluation mode"

  @Test func aLowErrorIsAGoodFit() {
    let found = insight(.fit, .rmse("mm"), training: 1, guessing: 4, validation: 1.1, error: 0.1)
    #expect(found?.tone == .good)
    #expect(
      found?.text
        == "No sign of over- or underfitting: on \(sample) the RMSE is 1.0000 mm, and 1.1000 mm on the "
        + "validation examples.")
  }

  @Test func anErrorLikeThatOfTheMeanIsUnderfitting() {
    let found = insight(.fit, .rmse(nil), training: 3, guessing: 4, validation: 3)
    #expect(found?.tone == .warning)
    #expect(
      found?.text
        == "Underfit: even on \(sample) the RMSE is 3.0000, where always predicting the mean "
        + "gives 4.0000. "
        + "More epochs are the first thing to try.")
  }

  @Test func aLargerErrorOfOtherExamplesIsOverfitting() {
    let found = insight(.fit, .rmse("mm"), training: 1, guessing: 4, validation: 1.5)
    #expect(found?.tone == .warning)
    #expect(
      found?.text.hasPrefix(
        "Overfit: on \(sample) the RMSE is 1.0000 mm, but 1.5000 mm on the validation examples.")
        == true)
    // A smaller error is none, nor is a difference that chance explains.
    #expect(
      insight(.fit, .rmse("mm"), training: 1, guessing: 4, validation: 0.5)?.tone == .good)
    #expect(
      insight(.fit, .rmse("mm"), training: 1, guessing: 4, validation: 1.5, error: 0.5)?.tone
        == .good)
  }

  @Test func ranksAreJudgedFromChanceOn() {
    let found = insight(.fit, .averagePrecision, training: 0.4, guessing: 0.2, validation: 0.4)
    #expect(
      found?.text.hasPrefix(
        "Underfit: even on \(sample) the average precision (macro) is 40.0%, where ranking by chance "
          + "gives 20.0%.") == true)
    #expect(
      insight(.fit, .averagePrecision, training: 0.95, guessing: 0.2, validation: 0.8)?.text
        .contains("but only 80.0% on the validation examples") == true)
  }

  @Test func theTestSetIsWorseWithALargerError() {
    let found = insight(.generalisation, .rmse("mm"), validation: 1, test: 1.5)
    #expect(found?.tone == .warning)
    #expect(
      found?.text
        == "Test RMSE is 0.5000 mm above validation RMSE, more than chance explains.")
    #expect(insight(.generalisation, .rmse("mm"), validation: 1.5, test: 1)?.tone == .neutral)
    #expect(insight(.generalisation, .rmse("mm"), validation: 1, test: 1.02)?.tone == .good)
  }

  /// Without intervals nothing is known about chance.
  @Test func noIntervalNoJudgement() {
    let insights = Insights(
      curve: LearningCurve([]), bestEpoch: nil, primary: .rmse(nil), validation: SplitScore(1),
      test: SplitScore(2))
    #expect(insights.all.isEmpty)
  }
}
