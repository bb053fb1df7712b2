import Foundation
import Randomness
import Testing

@Suite struct BetaTests {
  private func values(_ alpha: Double, count: Int = 20_000) -> [Double] {
    (0..<count).map { RandomStream(seed: 3, purpose: .mixing, step: $0).beta(alpha) }
  }

  /// The largest difference between the share of draws below x and the distribution function there.
  private func distance(_ alpha: Double, _ function: (Double) -> Double) -> Double {
    let sorted = values(alpha).sorted()
    return sorted.enumerated().map { place, value in
      let expected = function(value)
      let count = Double(sorted.count)
      return max(abs(Double(place) / count - expected), abs(Double(place + 1) / count - expected))
    }.max() ?? 1
  }

  /// By Kolmogorov and Smirnov, 2.2 / √n is exceeded once in 8,000 times.
  @Test func followsTheDistributionsWithAClosedForm() {
    let limit = 2.2 / 20_000.squareRoot()
    #expect(distance(0.5) { 2 / Double.pi * asin($0.squareRoot()) } < limit)
    #expect(distance(1) { $0 } < limit)
    #expect(distance(2) { $0 * $0 * (3 - 2 * $0) } < limit)
    #expect(distance(3) { $0 * $0 * $0 * (10 - 15 * $0 + 6 * $0 * $0) } < limit)
  }

  @Test(arguments: [0.1, 0.2, 0.4, 5, 50])
  func hasItsMeanAndVariance(alpha: Double) {
    let values = values(alpha)
    let variance = 1 / (4 * (2 * alpha + 1))
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    #expect(abs(mean - 0.5) < 5 * (variance / count).squareRoot())
    let found = values.map { ($0 - 0.5) * ($0 - 0.5) }.reduce(0, +) / count
    #expect(abs(found / variance - 1) < 0.06)
  }

  @Test func extremesAreNumbersFromZeroToOne() {
    for alpha in [1e-300, 1e-9, 1e-3, 1e6, 1e300] {
      for value in values(alpha, count: 300) {
        #expect((0...1).contains(value), "\(alpha): \(value)")
      }
    }
    #expect(values(1e6, count: 300).allSatisfy { abs($0 - 0.5) < 0.01 })
  }

  /// `Tests/Fixtures/recipes/make.py` draws the same numbers.
  @Test func agreesWithTheScriptOfTheGoldens() throws {
    struct Case: Decodable {
      let alpha: Double
      let values: [Double]
    }
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/recipes/beta.json")
    let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: path))
    #expect(cases.count == 5)
    for item in cases {
      for (place, expected) in item.values.enumerated() {
        let stream = RandomStream(
          seed: 7, purpose: .mixing, epoch: 1, step: place + 1, unit: 1)
        #expect(abs(stream.beta(item.alpha) - expected) < 1e-9)
      }
    }
  }
}
