import Randomness

/// Holding out part of the examples for validation. Which ones is a function of the labels, the
/// fraction and the seed, and of nothing else.
package enum StratifiedSplit {
  /// Holds out ⌈`fraction` · n⌉ of the n examples, each class by its share, as scikit-learn's
  /// `train_test_split(stratify:)` does.
  ///
  /// A class gives the whole part of its share; what is then missing comes one each from the classes
  /// with the largest remainders, and among equal ones from those with the smaller labels (where
  /// scikit-learn draws lots). Each class draws from a stream of its own, so that a class added to
  /// the data leaves the draw within the others alone.
  ///
  /// - Returns: the indices on each side, ascending; together they are 0..<n.
  /// - Throws: where `fraction` is not between 0 and 1, a class has a single example, or one of the
  ///   sides would have fewer examples than there are classes.
  package static func holdOut(
    labels: [Int32], fraction: Double, seed: UInt64
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    let held = try heldOutCount(of: labels.count, fraction: fraction)
    var members: [Int32: [Int]] = [:]
    for (index, label) in labels.enumerated() { members[label, default: []].append(index) }
    let classes = members.sorted { $0.key < $1.key }
    if let lonely = classes.first(where: { $0.value.count < 2 }) {
      throw SamplingError(
        reason: "class \(lonely.key) has a single example, a stratified split needs two;"
          + " `stratified: false` does without")
    }
    for (side, count) in [("training", labels.count - held), ("validation", held)]
    where count < classes.count {
      throw SamplingError(
        reason: "holding out \(fraction) leaves \(count) examples for \(side),"
          + " fewer than there are classes (\(classes.count))")
    }

    let shares = allocate(held, over: classes.map(\.value.count))
    var isHeld = [Bool](repeating: false, count: labels.count)
    for ((label, var indices), share) in zip(classes, shares) {
      let unit = UInt64(UInt32(bitPattern: label))
      RandomStream(seed: seed, purpose: .split, unit: unit).shuffle(&indices)
      for index in indices.prefix(share) { isHeld[index] = true }
    }
    return sides(isHeld)
  }

  /// Holds out ⌈`fraction` · `count`⌉ of `count` examples, whatever their classes.
  ///
  /// - Returns: the indices on each side, ascending; together they are 0..<`count`.
  /// - Throws: where `fraction` is not between 0 and 1, or one of the sides would be empty.
  package static func holdOutUnstratified(
    count: Int, fraction: Double, seed: UInt64
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    let held = try heldOutCount(of: count, fraction: fraction)
    var isHeld = [Bool](repeating: false, count: count)
    // No class has this unit, so the draw is independent of every stratified one.
    let stream = RandomStream(seed: seed, purpose: .split, unit: .max)
    for index in stream.permutation(count).prefix(held) { isHeld[index] = true }
    return sides(isHeld)
  }

  /// Divides `held` over classes in proportion to `counts`, whose sum it must not exceed.
  static func allocate(_ held: Int, over counts: [Int]) -> [Int] {
    let total = counts.reduce(0, +)
    guard total > 0 else { return counts }
    // In whole numbers: equal remainders are then equal, and no rounding decides.
    let quotas = counts.map { ($0 * held).quotientAndRemainder(dividingBy: total) }
    var shares = quotas.map(\.quotient)
    let byRemainder = quotas.indices.sorted {
      (quotas[$1].remainder, $0) < (quotas[$0].remainder, $1)
    }
    for index in byRemainder.prefix(held - shares.reduce(0, +)) { shares[index] += 1 }
    return shares
  }

  private static func heldOutCount(
    of count: Int, fraction: Double
  ) throws(SamplingError) -> Int {
    guard fraction > 0, fraction < 1 else {
      throw SamplingError(reason: "the fraction held out is \(fraction), not between 0 and 1")
    }
    let held = Int((fraction * Double(count)).rounded(.up))
    guard held > 0, held < count else {
      throw SamplingError(
        reason: "holding out \(fraction) of \(count) examples leaves \(count - held) for training")
    }
    return held
  }

  private static func sides(_ isHeld: [Bool]) -> (train: [Int], validation: [Int]) {
    (isHeld.indices.filter { !isHeld[$0] }, isHeld.indices.filter { isHeld[$0] })
  }
}
