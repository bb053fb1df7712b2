import Randomness

/// Holds out part of the examples for validation. Which ones depends only on the labels, the fraction and the
/// seed.
package enum StratifiedSplit {
  /// Holds out ⌈`fraction` · n⌉ of the n examples, the same share of each class, like scikit-learn's
  /// `train_test_split(stratify:)`.
  ///
  /// `allocate` determines the number from each class. Each class has its own random stream, so adding a
  /// class to the data does not change the selection within the others.
  ///
  /// - Parameter fold: the number of the fold whose training examples are split again; 0 if there are no
  ///   folds.
  /// - Returns: the indices on each side, ascending; together they are 0..<n.
  /// - Throws: If `fraction` is not between 0 and 1, if a class has a single example, or if one of the sides
  ///   would have fewer examples than there are classes.
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
          + " `stratified: false` removes this limit")
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

  /// Holds out ⌈`fraction` · `count`⌉ of `count` examples, regardless of their classes.
  ///
  /// - Returns: the indices on each side, ascending; together they are 0..<`count`.
  /// - Throws: If `fraction` is not between 0 and 1, or if one of the sides would be empty.
  package static func holdOutUnstratified(
    count: Int, fraction: Double, seed: UInt64, fold: Int = 0
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    let held = try heldOutCount(of: count, fraction: fraction)
    var isHeld = [Bool](repeating: false, count: count)
    // No class has this unit, so the draw is independent of all stratified ones.
    let stream = RandomStream(seed: seed, purpose: .split, fold: fold, unit: .max)
    for index in stream.permutation(count).prefix(held) { isHeld[index] = true }
    return sides(isHeld)
  }

  /// Divides `held` examples over classes in proportion to `counts`, whose sum it must not exceed.
  ///
  /// As in scikit-learn, the other side is allocated: each class keeps the integer part of its share there,
  /// and one more if its remainder is among the largest. Ties are broken in favour of larger labels, where
  /// scikit-learn breaks them at random; so smaller labels are held out.
  package static func allocate(_ held: Int, over counts: [Int]) -> [Int] {
    let total = counts.reduce(0, +)
    let left = total - held
    // Computed in floating point with the same operations as scikit-learn: shares that are equal in exact
    // arithmetic can differ by a rounding error there, which changes the allocation.
    let shares = counts.map { Double($0) / Double(total) * Double(left) }
    let remainders = shares.map { $0 - $0.rounded(.down) }
    var kept = shares.map { Int($0.rounded(.down)) }
    let byRemainder = counts.indices.sorted {
      (remainders[$0], $0) > (remainders[$1], $1)
    }
    for index in byRemainder.prefix(max(0, left - kept.reduce(0, +))) { kept[index] += 1 }
    return zip(counts, kept).map { $0 - $1 }
  }

  /// The number of examples held out of `count`: ⌈`fraction` · `count`⌉.
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
