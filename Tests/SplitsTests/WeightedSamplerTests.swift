import Randomness
import Splits
import Testing

struct WeightedSamplerTests {
  /// Class 0 has 60 examples, class 1 30 and class 7 only 10.
  private static let labels = (0..<100).map { Int32($0 < 60 ? 0 : $0 < 90 ? 1 : 7) }

  /// Pearson's χ² of how often each example was drawn.
  private func chiSquare(_ sampler: WeightedSampler, chances: [Double], epochs: Int) -> Double {
    var counts = [Int](repeating: 0, count: chances.count)
    for epoch in 1...epochs {
      let order = sampler.order(seed: 5, fold: 0, epoch: epoch)
      #expect(order.count == chances.count)
      for index in order { counts[index] += 1 }
    }
    let draws = Double(epochs * chances.count)
    return zip(counts, chances).reduce(0) { sum, pair in
      guard pair.1 > 0 else {
        #expect(pair.0 == 0)
        return sum
      }
      let expected = draws * pair.1
      return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
    }
  }

  /// With 99 degrees of freedom χ² lies between 61.1 and 148.2 but once in a thousand on either side.
  @Test func everyExampleOfABalancedSampleHasItsChance() {
    let sampler = WeightedSampler(balancing: Self.labels)
    let sizes: [Int32: Double] = [0: 60, 1: 30, 7: 10]
    let chances = Self.labels.map { 1 / (3 * (sizes[$0] ?? 0)) }
    let value = chiSquare(sampler, chances: chances, epochs: 20_000)
    #expect(61.1 < value && value < 148.2)
    // The test would notice a sampler that is off by a few per cent.
    let wrong = Self.labels.map { $0 == 0 ? 0.97 / 180 : $0 == 1 ? 1 / 90.0 : 1.03 / 30 }
    #expect(chiSquare(sampler, chances: wrong, epochs: 20_000) > 148.2)
  }

  @Test func everyExampleOfAWeightedSampleHasItsChance() throws {
    // One in seven has no chance at all: 85 of 100 examples have one, so 84 degrees of freedom.
    let weights = (0..<100).map { Double($0 % 7) * 0.3 }
    let total = weights.reduce(0, +)
    let sampler = try WeightedSampler(weights: weights)
    let value = chiSquare(sampler, chances: weights.map { $0 / total }, epochs: 20_000)
    #expect(49.6 < value && value < 129.8)
  }

  @Test func epochFoldAndSeedDecide() throws {
    for sampler in [
      WeightedSampler(balancing: Self.labels),
      try WeightedSampler(weights: Self.labels.map { Double($0) + 1 }),
    ] {
      let orders = [
        sampler.order(seed: 1, fold: 0, epoch: 1), sampler.order(seed: 1, fold: 0, epoch: 2),
        sampler.order(seed: 1, fold: 1, epoch: 1), sampler.order(seed: 2, fold: 0, epoch: 1),
      ]
      #expect(Set(orders).count == 4)
      #expect(sampler.order(seed: 1, fold: 0, epoch: 1) == orders[0])
    }
  }

  /// The same on every machine, and from one version to the next.
  @Test func drawsAreFixed() throws {
    let balanced = WeightedSampler(balancing: Self.labels)
    #expect(
      balanced.order(seed: 42, fold: 0, epoch: 1).prefix(8) == [4, 35, 85, 6, 70, 92, 48, 90])
    let weighted = try WeightedSampler(weights: (0..<100).map { Double($0) })
    #expect(
      weighted.order(seed: 42, fold: 0, epoch: 1).prefix(8) == [52, 28, 46, 77, 64, 91, 7, 33])
  }

  @Test func extremeWeights() throws {
    let tiny = try WeightedSampler(weights: [0, .leastNonzeroMagnitude, 0, 0])
    #expect(Set(tiny.order(seed: 1, fold: 0, epoch: 1)) == [1])
    let huge = try WeightedSampler(weights: [1e308, 1e-308, 0])
    #expect(Set(huge.order(seed: 1, fold: 0, epoch: 1)) == [0])
    #expect(try WeightedSampler(weights: []).order(seed: 1, fold: 0, epoch: 1).isEmpty)
    #expect(WeightedSampler(balancing: []).order(seed: 1, fold: 0, epoch: 1).isEmpty)
  }

  @Test func refusals() {
    for weight in [-1, .nan, .infinity] as [Double] {
      #expect(
        throws: SamplingError(
          reason: "example 1 has the weight \(weight), expected a number of at least 0")
      ) { try WeightedSampler(weights: [1, weight]) }
    }
    #expect(
      throws: SamplingError(reason: "all 2 weights are 0, so nothing can be drawn")
    ) { try WeightedSampler(weights: [0, 0]) }
    #expect(throws: SamplingError(reason: "the sum of the weights is too large")) {
      try WeightedSampler(weights: [1e308, 1e308])
    }
  }
}
