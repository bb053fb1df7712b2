import Randomness

/// Holding out whole groups for validation, so that no group is on both sides. Which ones is a function of the
/// groups, the labels, the fraction and the seed.
package enum GroupHoldOut {
  /// Holds out the groups that are drawn first, until there are at least ⌈`fraction` · n⌉ of the n examples.
  ///
  /// - Parameters:
  ///   - groups: the group of each example.
  ///   - fold: the number of the fold whose training examples are divided once more; 0 without folds.
  /// - Returns: the indices on each side, ascending; together they are 0..<n.
  /// - Throws: if `fraction` is not between 0 and 1, or no group would be left for training.
  package static func plain<Group: Hashable & Comparable>(
    groups: [Group], fraction: Double, seed: UInt64, fold: Int = 0
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    try check(fraction)
    let (groupOf, count) = try KFoldSplit.numbered(groups, folds: 0)
    var sizes = [Int](repeating: 0, count: count)
    for group in groupOf { sizes[group] += 1 }
    let wanted = StratifiedSplit.heldOut(of: groups.count, fraction: fraction)
    var isHeld = [Bool](repeating: false, count: count)
    var held = 0
    for group in order(count, seed, fold) {
      if held >= wanted { break }
      isHeld[group] = true
      held += sizes[group]
    }
    return try sides(groupOf, isHeld, fraction)
  }

  /// Holds out about `fraction` of the examples of each class in whole groups.
  ///
  /// As ``KFoldSplit/stratifiedGrouped(labels:groups:folds:repeats:shuffle:seed:)`` divides examples into equal
  /// folds, this divides them into two sides in the proportion `fraction` to 1 − `fraction`: the groups are
  /// taken from the most uneven (by the standard deviation of their class counts) to the most even, and each
  /// goes to the side where it leaves the shares of the classes nearest to that proportion. Equally uneven groups
  /// are taken in an order that is drawn, so the seed matters only as far as there are such groups.
  ///
  /// - Parameters:
  ///   - labels: the class of each example.
  ///   - groups: the group of each example.
  ///   - fold: as in ``plain(groups:fraction:seed:fold:)``.
  /// - Returns: the indices on each side, ascending; together they are 0..<n.
  /// - Throws: if `fraction` is not between 0 and 1, there are not as many labels as groups, or one of the sides
  ///   would get no group.
  package static func stratified<Group: Hashable & Comparable>(
    labels: [Int32], groups: [Group], fraction: Double, seed: UInt64, fold: Int = 0
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    try check(fraction)
    guard labels.count == groups.count else {
      throw SamplingError(
        reason: "there are \(labels.count) labels, but the groups of \(groups.count) examples")
    }
    let classes = Set(labels).sorted()
    let classOf = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let (groupOf, groupCount) = try KFoldSplit.numbered(groups, folds: 0)
    var totals = [Double](repeating: 0, count: classes.count)
    var counts = [[Double]](repeating: totals, count: groupCount)
    for (label, group) in zip(labels, groupOf) {
      let place = classOf[label, default: 0]
      totals[place] += 1
      counts[group][place] += 1
    }
    let sideOfGroup = KFoldSplit.level(
      order(groupCount, seed, fold), counts, totals, capacities: [1 - fraction, fraction])
    return try sides(groupOf, sideOfGroup.map { $0 == 1 }, fraction)
  }

  private static func check(_ fraction: Double) throws(SamplingError) {
    guard fraction > 0, fraction < 1 else {
      throw SamplingError(reason: "the fraction held out is \(fraction), not between 0 and 1")
    }
  }

  private static func order(_ count: Int, _ seed: UInt64, _ fold: Int) -> [Int] {
    RandomStream(seed: seed, purpose: .split, fold: fold, unit: KFoldSplit.unitOfGroups)
      .permutation(count)
  }

  private static func sides(
    _ groupOf: [Int], _ isHeld: [Bool], _ fraction: Double
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    for (side, isEmpty) in [
      ("training", isHeld.allSatisfy(\.self)), ("validation", !isHeld.contains(true)),
    ] where isEmpty {
      throw SamplingError(
        reason: "holding out \(fraction) of the examples by whole groups leaves none of the"
          + " \(isHeld.count) \(isHeld.count == 1 ? "group" : "groups") for \(side)")
    }
    return (
      groupOf.indices.filter { !isHeld[groupOf[$0]] },
      groupOf.indices.filter { isHeld[groupOf[$0]] }
    )
  }
}
