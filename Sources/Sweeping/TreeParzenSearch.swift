import Glibc
import Randomness

/// The tree-structured Parzen estimator (TPE): chooses values that are likely among the good trials
/// and unlikely among the others, for each dimension separately.
///
/// Source: Bergstra et al., NIPS 2011, section 4; the candidate with the largest l(x) / g(x) is
/// taken.
package enum TreeParzenSearch {
  /// The number of random trials before the model is used.
  package static let freeTrials = 10
  /// The share of trials that count as good.
  static let goodShare = 0.15
  static let candidates = 24

  package struct Observation: Sendable {
    /// One text per key.
    package var values: [String]
    /// Lower is better.
    package var cost: Double

    package init(values: [String], cost: Double) {
      self.values = values
      self.cost = cost
    }
  }

  /// Proposes one text per key for trial number `trial`, from 1.
  package static func propose(
    _ space: SearchSpace, seed: UInt64, trial: Int, attempt: Int = 0, given known: [Observation]
  ) -> [String] {
    guard known.count >= freeTrials else {
      return RandomSearch.draw(space, seed: seed, trial: trial, attempt: attempt)
    }
    // Ties keep their order, so the split does not depend on the sorting algorithm.
    let order = known.indices.sorted { (known[$0].cost, $0) < (known[$1].cost, $1) }
    let count = Int((goodShare * Double(known.count)).rounded(.up))
    let good = order.prefix(count).map { known[$0].values }
    let bad = order.dropFirst(count).map { known[$0].values }
    var values: [String] = []
    for (index, dimension) in space.dimensions.enumerated() {
      let stream = RandomStream(seed: seed, purpose: .sweep, epoch: trial, step: index, unit: 1)
      let columns = values.count..<(values.count + dimension.keys.count)
      let start = attempt * 2 * candidates
      let numbers = (0..<(2 * candidates)).map { stream.uniform64(start + $0) }
      values += choose(
        dimension, good: good.map { Array($0[columns]) }, bad: bad.map { Array($0[columns]) },
        numbers)
    }
    return values
  }

  private static func choose(
    _ dimension: SearchSpace.Dimension, good: [[String]], bad: [[String]], _ numbers: [Double]
  ) -> [String] {
    if case .values(let rows) = dimension.domain { return choose(rows, good, bad, numbers) }
    guard let scale = Scale(dimension) else { return [] }
    let likely = ParzenEstimator(
      good.compactMap { scale.place($0[0]) }, low: scale.low, high: scale.high)
    let unlikely = ParzenEstimator(
      bad.compactMap { scale.place($0[0]) }, low: scale.low, high: scale.high)
    var best = (place: (scale.low + scale.high) / 2, gain: -Double.infinity)
    for candidate in 0..<candidates {
      let place = likely.draw(numbers[2 * candidate], numbers[2 * candidate + 1])
      let gain = likely.logDensity(place) - unlikely.logDensity(place)
      if gain > best.gain { best = (place, gain) }
    }
    return [scale.text(best.place)]
  }

  /// Chooses from a list by the frequencies of the choices, each counted once more than it occurs.
  private static func choose(
    _ rows: [[String]], _ good: [[String]], _ bad: [[String]], _ numbers: [Double]
  ) -> [String] {
    func shares(_ seen: [[String]]) -> [Double] {
      var counts = [Double](repeating: 1, count: rows.count)
      for row in seen { if let index = rows.firstIndex(of: row) { counts[index] += 1 } }
      let sum = counts.reduce(0, +)
      return counts.map { $0 / sum }
    }
    let likely = shares(good)
    let unlikely = shares(bad)
    var best = (index: 0, gain: -Double.infinity)
    // At most half as many candidates as the list has values: otherwise the value with the best
    // ratio would always be among them.
    for candidate in 0..<min(candidates, max(1, rows.count / 2)) {
      var rest = numbers[2 * candidate]
      var index = 0
      while index + 1 < rows.count, rest >= likely[index] {
        rest -= likely[index]
        index += 1
      }
      let gain = log(likely[index] / unlikely[index])
      if gain > best.gain { best = (index, gain) }
    }
    return rows[best.index]
  }
}
