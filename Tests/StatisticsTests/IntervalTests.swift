import Statistics
import Testing

/// Intervals end where the values end, and claim nothing where nothing varies.
struct IntervalTests {
  private let method = IntervalMethod(.bootstrap, over: 10, .examples)

  @Test func anIntervalStaysWithinTheRange() {
    let share = Interval(lower: -0.1, upper: 1.2, method: method, within: 0...1)
    #expect(share.lower == 0 && share.upper == 1)
    let correlation = Interval(lower: -1.3, upper: 0.5, method: method, within: -1...1)
    #expect(correlation.lower == -1 && correlation.upper == 0.5)
    let loss = Interval(lower: -0.2, upper: 3, method: method, within: 0 ... .infinity)
    #expect(loss.lower == 0 && loss.upper == 3)
  }

  /// SciPy: t.ppf(0.975, 4) = 2.7764451051977987.
  @Test func theMeanOverFoldsIsCorrected() throws {
    let scores = [0.9, 0.92, 0.91, 0.89, 0.93]
    let interval = try #require(
      CorrectedResampledT.interval(ofMean: scores, testShare: 0.25, over: .folds))
    let reach = 2.7764451051977987 * ((0.2 + 0.25) * 0.00025).squareRoot()
    #expect(abs(interval.lower - (0.91 - reach)) < 1e-12)
    #expect(abs(interval.upper - (0.91 + reach)) < 1e-12)
    #expect(interval.method == IntervalMethod(.correctedResampledT, over: 5, .folds))
    // Of a difference to nothing it is the same.
    let difference = CorrectedResampledT(differences: scores, testShare: 0.25)
    #expect(difference.interval == interval)
    // Wider than that of independent numbers, by √(0.45 / 0.2).
    let naive = try #require(SampleSummary(scores)?.interval())
    let ratio = (interval.upper - interval.lower) / (naive.upper - naive.lower)
    #expect(abs(ratio - (0.45 / 0.2).squareRoot()) < 1e-12)
  }

  @Test func twoSeedsSayLittle() throws {
    let interval = try #require(
      CorrectedResampledT.interval(
        ofMean: [0.97, 0.99], testShare: 0.25, over: .seeds, within: 0...1))
    #expect(interval.lower < 0.9 && interval.upper == 1)
  }

  @Test func whereNothingVariesThereIsNoInterval() {
    func interval(_ scores: [Double], _ share: Double = 0.25) -> Interval? {
      CorrectedResampledT.interval(ofMean: scores, testShare: share, over: .folds)
    }
    #expect(interval([1, 1, 1]) == nil)
    #expect(interval([0.9]) == nil)
    #expect(interval([]) == nil)
    #expect(interval([0.9, .nan]) == nil)
    #expect(interval([0.9, 0.8], 0) == nil)
    #expect(Interval(percentilesOf: [1, 1, 1], drawn: 3, method: method) == nil)
    #expect(Interval(percentilesOf: [0.1 + 0.2, 0.3], drawn: 2, method: method) == nil)
    #expect(Interval(percentilesOf: [], drawn: 0, method: method) == nil)
    #expect(Interval(percentilesOf: [0, 1], drawn: 5, method: method) == nil)
    #expect(Interval(percentilesOf: [0, 1], drawn: 4, method: method)?.method.resamples == 2)
  }

  @Test func differencesOfSharesAreBetweenMinusOneAndOne() throws {
    let test = CorrectedResampledT(
      differences: [0.9, 0.1], testShare: 1, within: -1...1)
    let interval = try #require(test.interval)
    #expect(interval.lower == -1 && interval.upper == 1)
  }
}
