import Statistics
import Testing

/// The tests of differences and the intervals, against SciPy and statsmodels.
struct ComparisonTests {
  struct Goldens: Decodable {
    struct Pairs: Decodable {
      let b: Int
      let c: Int
      let exact: Double
      let statistic: Double?
      let chi2: Double?
    }
    struct Summary: Decodable {
      let values: [Double]
      let mean: Double
      let sd: Double
      let low: Double
      let high: Double
    }
    struct Resampled: Decodable {
      let values: [Double]
      let ratio: Double
      let t: Double
      let p: Double
      let low: Double
      let high: Double
    }
    struct Holm: Decodable {
      let p: [Double]
      let adjusted: [Double]
    }
    let mcnemar: [Pairs]
    let summary: [Summary]
    let resampled: [Resampled]
    let holm: [Holm]
  }

  let goldens: Goldens

  init() throws { goldens = try fixture(Goldens.self, "tests.json") }

  @Test func mcNemar() throws {
    let known = McNemar(onlyFirst: 22, onlySecond: 10)
    #expect(known.chiSquared == 3.78125 && known.method == .chiSquared)
    #expect(abs(known.pValue - 0.0518) < 5e-5 && abs(known.exact - 0.0501) < 5e-5)
    #expect(goldens.mcnemar.count > 40)
    for golden in goldens.mcnemar {
      let ours = McNemar(onlyFirst: golden.b, onlySecond: golden.c)
      #expect(isClose(ours.exact, golden.exact), "\(golden.b), \(golden.c)")
      if let statistic = golden.statistic, let chi2 = golden.chi2 {
        #expect(isClose(ours.chiSquared, statistic) && isClose(ours.approximate, chi2))
      } else {
        #expect(ours.chiSquared == 0 && ours.approximate == 1)
      }
      #expect(ours.pValue == (golden.b + golden.c < 25 ? ours.exact : ours.approximate))
      #expect(ours.reason == nil)
    }
    let none = McNemar(onlyFirst: 0, onlySecond: 0)
    #expect(none.pValue == 1 && none.approximate == 1 && none.chiSquared == 0)
    #expect(none.reason == "no example is answered correctly by only one of the two")
    let pairs = McNemar(first: [true, true, false, true], second: [false, true, true, false])
    #expect(pairs == McNemar(onlyFirst: 2, onlySecond: 1))
    #expect(McNemar(first: [true], second: []) == nil)
  }

  @Test func summaries() throws {
    for golden in goldens.summary {
      let ours = try #require(SampleSummary(golden.values))
      #expect(isClose(ours.mean, golden.mean, 1e-14))
      #expect(isClose(try #require(ours.standardDeviation), golden.sd, 1e-12))
      let interval = try #require(ours.interval())
      #expect(isClose(interval.lower, golden.low) && isClose(interval.upper, golden.high))
      #expect(interval.method == IntervalMethod(.t, over: golden.values.count, .examples))
    }
    let one = try #require(SampleSummary([0.5]))
    #expect(one.mean == 0.5 && one.standardDeviation == nil && one.interval() == nil)
    #expect(SampleSummary([]) == nil && SampleSummary([1, .nan]) == nil)
    #expect(SampleSummary([1, .infinity]) == nil)
    #expect(SampleSummary([0.1, 0.1, 0.1])?.standardDeviation == 0)
  }

  @Test func correctedResampledT() throws {
    let known = CorrectedResampledT(
      differences: [0.012, 0.008, 0.015, 0.003, 0.010], testShare: 0.25)
    #expect(abs(try #require(known.statistic) - 3.1763) < 5e-5)
    #expect(abs(try #require(known.pValue) - 0.03366) < 5e-6)
    #expect(known.degrees == 4 && known.reason == nil)
    for golden in goldens.resampled {
      let ours = CorrectedResampledT(differences: golden.values, testShare: golden.ratio)
      #expect(isClose(try #require(ours.statistic), golden.t))
      #expect(isClose(try #require(ours.pValue), golden.p))
      let interval = try #require(ours.interval)
      #expect(
        isClose(interval.lower, golden.low, 1e-9) && isClose(interval.upper, golden.high, 1e-9))
    }
  }

  @Test func correctedResampledTWithoutVariance() {
    func test(_ differences: [Double], _ share: Double = 0.25) -> CorrectedResampledT {
      CorrectedResampledT(differences: differences, testShare: share)
    }
    let equal = test([0, 0, 0])
    #expect(equal.pValue == 1 && equal.reason == "the two are equal in every fold")
    // Not even what rounding leaves of equal differences is taken for variance.
    for constant in [[0.1, 0.1, 0.1], [0.9 - 0.8, 0.8 - 0.7, 0.7 - 0.6]] {
      let ours = test(constant)
      #expect(ours.pValue == nil && ours.statistic == nil && ours.interval == nil)
      #expect(ours.mean.map { isClose($0, 0.1) } == true)
      #expect(
        ours.reason
          == "the difference is the same in every fold, so its variance cannot be estimated")
    }
    #expect(test([0.1]).reason == "a single fold does not show how much folds vary")
    #expect(test([0.1]).mean == 0.1 && test([0.1]).pValue == nil)
    #expect(test([]).reason == "there are no folds to compare" && test([]).mean == nil)
    #expect(test([0.1, .nan]).reason == "the difference in fold 2 is not a number")
    #expect(
      test([0.1, 0.2], .nan).reason
        == "the ratio of held-out to training examples is nan, not a number above 0")
    #expect(test([0.1, 0.2], 0).pValue == nil)
  }

  @Test func holm() {
    for golden in goldens.holm {
      for (ours, theirs) in zip(Holm.adjusted(golden.p), golden.adjusted) {
        #expect(ours.map { isClose($0, theirs, 1e-14) } == true)
      }
    }
    #expect(Holm.adjusted([]) == [])
    #expect(Holm.adjusted([nil, 0.01, .nan, 0.02]) == [nil, 0.02, nil, 0.02])
  }
}
