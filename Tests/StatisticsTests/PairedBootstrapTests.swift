import Randomness
import Statistics
import Testing

struct PairedBootstrapTests {
  /// 200 examples: 30 that only the first gets right, 10 only the second.
  private let differences =
    [Double](repeating: 1, count: 30) + [Double](repeating: -1, count: 10)
    + [Double](repeating: 0, count: 160)

  @Test func isWhatTheDocumentedStreamsDraw() throws {
    let resamples = 50
    var means = (0..<resamples).map { resample in
      let stream = RandomStream(seed: 0, purpose: .bootstrap, step: resample, unit: 1)
      let drawn = (0..<200).map { differences[stream.integer(below: 200, at: $0)] }
      return drawn.reduce(0, +) / 200
    }
    means.sort()
    let ours = PairedBootstrap.meanDifference(differences, resamples: resamples, confidence: 0.9)
    // Position 0.05 · 49 = 2.45
    let interval = try #require(ours.interval)
    #expect(abs(interval.lower - (means[2] + (means[3] - means[2]) * 0.45)) < 1e-12)
    #expect(abs(interval.upper - (means[46] + (means[47] - means[46]) * 0.55)) < 1e-12)
    #expect(ours.estimate == 0.1 && ours.resamples == 50 && ours.reason == nil)
  }

  @Test func aClosureSeesTheSameResamples() {
    let direct = PairedBootstrap.meanDifference(differences, resamples: 300)
    let closure = PairedBootstrap.interval(count: 200, resamples: 300) { indices in
      indices.reduce(0) { $0 + differences[$1] } / 200
    }
    #expect(direct == closure)
  }

  @Test func isAboutAsWideAsTheory() throws {
    let ours = PairedBootstrap.meanDifference(differences)
    let interval = try #require(ours.interval)
    // The standard error of the mean: √((0.2 − 0.1²) / 200)
    let reach = 1.96 * (0.19 / 200).squareRoot()
    #expect(abs(interval.lower - (0.1 - reach)) < 0.006)
    #expect(abs(interval.upper - (0.1 + reach)) < 0.006)
    #expect(ours.resamples == 10_000 && !interval.contains(0))
  }

  @Test func degenerateInputsSayWhy() {
    let none = PairedBootstrap.meanDifference([])
    #expect(none.interval == nil && none.estimate == nil && none.reason == "there are no examples")
    #expect(PairedBootstrap.interval(count: 0) { _ in 1 } == none)
    let nan = PairedBootstrap.meanDifference([0, .nan])
    #expect(nan.interval == nil && nan.reason == "the difference at example 1 is not a number")
    let same = PairedBootstrap.meanDifference([0, 0, 0], resamples: 10)
    // That no resample differs does not make the difference certain.
    #expect(same.interval == nil && same.estimate == 0)
    #expect(same.reason == "the difference is the same in every resample")
    let undefined = PairedBootstrap.interval(count: 3, resamples: 10) { _ in nil }
    #expect(undefined.reason == "the difference is not defined for these examples")
    let rare = PairedBootstrap.interval(count: 20, resamples: 10) { indices in
      Set(indices).count == 20 ? 1 : nil
    }
    #expect(rare.interval == nil && rare.estimate == 1)
    #expect(rare.reason == "the difference is defined in only 0 of 10 resamples")
  }
}
