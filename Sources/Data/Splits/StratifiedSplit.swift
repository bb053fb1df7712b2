import Randomness

/// Holding out part of the examples for validation. Which ones is a function of the labels, the
/// fraction and the seed, and of nothing else.
package enum StratifiedSplit {
  /// Holds out ⌈`fraction` · n⌉ of the n examples, each class by its share, as scikit-learn's
  /// `train_test_split(stratify:)` does.
  ///
  /// How many of each class is `allocate`'s choice. Each class draws its members from a stream of
  /// its own, so that a class added to the data leaves the draw within the others alone.
  ///
  /// - Parameter fold: the number of the fold whose training examples are divided once more; 0 where
  ///   there are no folds.
  /// - Returns: the indices on each side, ascending; together they are 0..<n.
  /// - Throws: where `fraction` is not between 0 and 1, a class has a single example, or one of the
  ///   sides would have fewer examples than there are classes.
  package static func holdOut(
    labels: [Int32], fraction: Double, seed: UInt64, fold: Int = 0
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
      RandomStream(seed: seed, purpose: .split, fold: fold, unit: unit).shuffle(&indices)
      for index in indices.prefix(share) { isHeld[index] = true }
    }
    return sides(isHeld)
  }

  /// Holds out ⌈`fraction` · `count`⌉ of `count` examples, whatever their classes.
  ///
  /// - Returns: the indices on each side, ascending; together they are 0..<`count`.
  /// - Throws: where `fraction` is not between 0 and 1, or one of the sides would be empty.
  package static func holdOutUnstratified(
    count: Int, fraction: Double, seed: UInt64, fold: Int = 0
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    let held = try heldOutCount(of: count, fraction: fraction)
    var isHeld = [Bool](repeating: false, count: count)
    // No class has this unit, so the draw is independent of every stratified one.
    let stream = RandomStream(seed: seed, purpose: .split, fold: fold, unit: .max)
    for index in stream.permutation(count).prefix(held) { isHeld[index] = true }
    return sides(isHeld)
  }

  /// Divides `held` examples over classes in proportion to `counts`, whose sum it must not exceed.
  ///
  /// As in scikit-learn the other side is divided: each class leaves there the whole part of its
  /// share, and one more where its remainder is among the largest. Of equal remainders those of the
  /// larger labels count as larger, where scikit-learn draws lots; so the smaller labels are held out.
  package static func allocate(_ held: Int, over counts: [Int]) -> [Int] {
    let total = counts.reduce(0, +)
    let left = total - held
    // In floating point, operation by operation as scikit-learn does it: what whole numbers would
    // call equal differs there by a rounding, and the allocation would be another.
    let shares = counts.map { Double($0) / Double(total) * Double(left) }
    let remainders = shares.map { $0 - $0.rounded(.down) }
    var kept = shares.map { Int($0.rounded(.down)) }
    let byRemainder = counts.indices.sorted {
      (remainders[$0], $0) > (remainders[$1], $1)
    }
    for index in byRemainder.prefix(max(0, left - kept.reduce(0, +))) { kept[index] += 1 }
    return zip(counts, kept).map { $0 - $1 }
  }

  /// How many of `count` examples are held out: ⌈`fraction` · `count`⌉.
  package static func heldOut(of count: Int, fraction: Double) -> Int {
    Int((fraction * Double(count)).rounded(.up))
  }

  private static func heldOutCount(
    of count: Int, fraction: Double
  ) throws(SamplingError) -> Int {
    guard fraction > 0, fraction < 1 else {
      throw SamplingError(reason: "the fraction held out is \(fraction), not between 0 and 1")
    }
    let held = heldOut(of: count, fraction: fraction)
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
