import Randomness

extension KFoldSplit {
  /// Splits the examples by group, like `GroupKFold`: no group is in two folds.
  ///
  /// Without shuffling, groups are taken in order of decreasing size, of equal sizes the one with the greater
  /// name first, and each goes to the fold with the fewest examples so far. With shuffling, the groups are
  /// permuted and cut into folds with equal numbers of groups, whatever their sizes: otherwise all repeats
  /// would be the same if all groups differ in size.
  ///
  /// - Parameter groups: the group of each example.
  /// - Throws: As `plain` does, and if there are fewer groups than folds.
  package static func grouped<Group: Hashable & Comparable>(
    groups: [Group], folds: Int, repeats: Int = 1, shuffle: Bool = true, seed: UInt64
  ) throws(SamplingError) -> [Fold] {
    try check(count: groups.count, folds: folds, repeats: repeats, shuffle: shuffle)
    let (groupOf, count) = try numbered(groups, folds: folds)
    var sizes = [Int](repeating: 0, count: count)
    for group in groupOf { sizes[group] += 1 }
    return all(folds: folds, repeats: repeats) { turn in
      let foldOfGroup =
        shuffle
        ? cut(stream(seed, turn, unitOfGroups).permutation(count), folds)
        : greedy(sizes, folds)
      return groupOf.map { foldOfGroup[$0] }
    }
  }

  /// Each example's group as a number in sorted order, and the number of groups.
  static func numbered<Group: Hashable & Comparable>(
    _ groups: [Group], folds: Int
  ) throws(SamplingError) -> (groupOf: [Int], count: Int) {
    let names = Set(groups).sorted()
    guard folds <= names.count else {
      throw SamplingError(
        reason: "there \(names.count == 1 ? "is 1 group" : "are \(names.count) groups"),"
          + " fewer than \(folds) folds")
    }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    // Every name is a key, so the default is never used.
    return (groups.map { numbers[$0, default: 0] }, names.count)
  }

  private static func greedy(_ sizes: [Int], _ folds: Int) -> [Int] {
    var held = [Int](repeating: 0, count: folds)
    var foldOfGroup = [Int](repeating: 0, count: sizes.count)
    for group in sizes.indices.sorted(by: { (sizes[$0], $0) > (sizes[$1], $1) }) {
      var lightest = 0
      for fold in 1..<folds where held[fold] < held[lightest] { lightest = fold }
      held[lightest] += sizes[group]
      foldOfGroup[group] = lightest
    }
    return foldOfGroup
  }

  private static func cut(_ order: [Int], _ folds: Int) -> [Int] {
    var foldOfGroup = [Int](repeating: 0, count: order.count)
    var next = 0
    for (fold, size) in evenSizes(order.count, folds).enumerated() {
      for group in order[next..<(next + size)] { foldOfGroup[group] = fold }
      next += size
    }
    return foldOfGroup
  }
}
