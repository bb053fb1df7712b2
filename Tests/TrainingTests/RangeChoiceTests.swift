import Graph
import Testing
import Torch

@testable import Training

/// The ranges that values of 8 bits represent.
@Suite struct RangeChoiceTests {
  /// The mean squared error of rounding values to 256 steps of a range.
  private func error(_ values: [Float], _ range: ActivationRange) -> Double {
    let step = (range.upper - range.lower) / 255
    let zero = (-range.lower / step).rounded()
    return values.reduce(0) { sum, value in
      let place = min(max((value / step).rounded() + zero, 0), 255)
      let difference = Double((place - zero) * step - value)
      return sum + difference * difference
    } / Double(values.count)
  }

  @Test func oneFarValueIsCutOff() {
    var values = (0..<20_000).map { Float($0 % 1000) / 1000 }
    values.append(20)
    let range = RangeChoice(values, lower: 0, upper: 20).best()
    let whole = ActivationRange(lower: 0, upper: 20)
    #expect(range.lower == 0)
    #expect(range.upper < 20)
    #expect(error(values, range) < error(values, whole))
  }

  @Test func evenValuesKeepTheirRange() {
    let values = (-500...1000).map { Float($0) / 100 }
    let range = RangeChoice(values, lower: -5, upper: 10).best()
    #expect(abs(range.lower + 5) < 0.2)
    #expect(abs(range.upper - 10) < 0.2)
  }

  @Test func theRangeHoldsZero() {
    #expect(
      RangeChoice([3, 4], lower: 3, upper: 4).best().lower == 0)
    #expect(
      RangeChoice([0, 0], lower: 0, upper: 0).best() == ActivationRange(lower: 0, upper: 0))
  }

  @Test func extremesAreThoseOfAllValuesAndNotFiniteValuesHaveNoRange() throws {
    var sampler = ActivationSampler(batches: 2)
    for batch in [[-1, 0, 2], [5, 1, 1]] as [[Float]] {
      try sampler.add(Tensor(batch, shape: [3, 1]), of: .input(0))
      try sampler.add(Tensor([.infinity, 0, 1], shape: [3]), of: .node(0))
      sampler.finishBatch()
    }
    let ranges = sampler.ranges()
    #expect(ranges[.node(0)] == nil)
    let range = try #require(ranges[.input(0)])
    #expect((-1...(-0.2)).contains(range.lower))
    #expect((1...5).contains(range.upper))
  }
}
