import Randomness

/// Draws the examples of an epoch with replacement, each with a chance in proportion to its weight, as PyTorch's
/// `WeightedRandomSampler` does. An epoch is as long as there are examples.
///
/// What is drawn is a function of the weights, the seed, the fold and the epoch, and the same on every machine.
package struct WeightedSampler: Sendable {
  private enum Draw {
    /// The examples of each class.
    case classes([[Int]])
    /// The examples with a weight above 0, and the sum of the weights up to and including each of them.
    case sums([Int], [Double])
  }

  private let draw: Draw
  private let count: Int

  /// Each class is as likely as any other, and within a class each example: the weights are
  /// 1 / (number of examples of the class). Integers are drawn, so the chances are exact but for a bias below
  /// n / 2⁶⁴.
  ///
  /// - Parameter labels: the class of each example.
  package init(balancing labels: [Int32]) {
    var members: [Int32: [Int]] = [:]
    for (index, label) in labels.enumerated() { members[label, default: []].append(index) }
    draw = .classes(members.sorted { $0.key < $1.key }.map(\.value))
    count = labels.count
  }

  /// An example of weight 0 is never drawn. Chances are exact but for the rounding of the sum of the weights in
  /// double precision.
  ///
  /// - Parameter weights: one for each example; they need not add up to 1.
  /// - Throws: if a weight is negative or not finite, or none is positive.
  package init(weights: [Double]) throws(SamplingError) {
    var examples: [Int] = []
    var sums: [Double] = []
    examples.reserveCapacity(weights.count)
    sums.reserveCapacity(weights.count)
    var sum = 0.0
    for (index, weight) in weights.enumerated() {
      guard weight >= 0, weight.isFinite else {
        throw SamplingError(
          reason: "example \(index) has the weight \(weight), expected a number of at least 0")
      }
      guard weight > 0 else { continue }
      sum += weight
      examples.append(index)
      sums.append(sum)
    }
    guard sum.isFinite else {
      throw SamplingError(reason: "the sum of the weights is too large")
    }
    guard weights.isEmpty || sum > 0 else {
      throw SamplingError(reason: "all \(weights.count) weights are 0, so nothing can be drawn")
    }
    draw = .sums(examples, sums)
    count = weights.count
  }

  /// The examples of `epoch` in `fold`, in the order in which they are seen.
  ///
  /// - Returns: as many positions as there are examples, each below their number.
  package func order(seed: UInt64, fold: Int, epoch: Int) -> [Int] {
    let stream = RandomStream(seed: seed, purpose: .sampler, fold: fold, epoch: epoch)
    switch draw {
    case .classes(let members):
      return (0..<count).map { place in
        let own = members[stream.integer(below: members.count, at: 2 * place)]
        return own[stream.integer(below: own.count, at: 2 * place + 1)]
      }
    case .sums(let examples, let sums):
      guard let total = sums.last else { return [] }
      return (0..<count).map { place in
        examples[Self.first(above: stream.uniform64(place) * total, in: sums)]
      }
    }
  }

  /// The first place whose sum is above `value`; the last one if none is.
  private static func first(above value: Double, in sums: [Double]) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
