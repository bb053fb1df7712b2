import Statistics
import Testing

@Suite struct ResamplesTests {
  /// Whatever the number of examples, and so of resamples that are drawn at once: all in order, with as many draws as
  /// examples.
  @Test(arguments: [1, 2, 100, 3001, 300_000]) func countsAreThoseOfTheDraws(_ examples: Int) {
    let resamples = Resamples(of: examples, unit: 1)
    let count = examples > 10_000 ? 5 : 203
    var place = 0
    resamples.forEach(count) { times in
      var expected = [Int32](repeating: 0, count: examples)
      for index in resamples.draws(place) { expected[index] += 1 }
      #expect(times == expected)
      place += 1
    }
    #expect(place == count)
  }

  @Test func withoutExamplesThereIsNone() {
    Resamples(of: 0).forEach(3) { _ in Issue.record("a resample of nothing") }
    Resamples(of: 3).forEach(0) { _ in Issue.record("no resample was asked for") }
  }

  @Test func unitsShareNoDraws() {
    #expect(Resamples(of: 50).draws(3) != Resamples(of: 50, unit: 1).draws(3))
    #expect(Resamples(of: 50).draws(3) != Resamples(of: 50).draws(4))
  }
}
