import Randomness

extension KFoldSplit {
  /// Splits the examples by group while keeping the class shares as even as possible, like
  /// `StratifiedGroupKFold`.
  ///
  /// Groups are taken from the most to the least uneven (by the standard deviation of their class counts);
  /// each goes to the fold for which the class shares become most similar. With shuffling, equally uneven
  /// groups are taken in random order.
  ///
  /// - Parameters:
  ///   - labels: the class of each example.
  ///   - groups: the group of each example.
  /// - Throws: As `stratified` and `grouped` do, and if a fold would hold out nothing.
  package static func stratifiedGrouped<Group: Hashable & Comparable>(
    labels: [Int32], groups: [Group], folds: Int, repeats: Int = 1, shuffle: Bool = true,
    seed: UInt64
  ) throws(SamplingError) -> [Fold] {
    guard labels.count == groups.count else {
      throw SamplingError(
        reason: "there are \(labels.count) labels, but the groups of \(groups.count) examples")
    }
    try check(count: labels.count, folds: folds, repeats: repeats, shuffle: shuffle)
    let classes = Set(labels).sorted()
    let classOf = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let (groupOf, groupCount) = try numbered(groups, folds: folds)
    var totals = [Double](repeating: 0, count: classes.count)
    var counts = [[Double]](repeating: totals, count: groupCount)
    for (label, group) in zip(labels, groupOf) {
      let place = classOf[label, default: 0]
      totals[place] += 1
      counts[group][place] += 1
    }
    try check(zip(classes, totals).map { ($0, Int($1)) }, folds: folds)
    let result = all(folds: folds, repeats: repeats) { turn in
      let order =
        shuffle
        ? stream(seed, turn, unitOfGroups).permutation(groupCount) : Array(0..<groupCount)
      let foldOfGroup = level(
        order, counts, totals, capacities: [Double](repeating: 1, count: folds))
      return groupOf.map { foldOfGroup[$0] }
    }
    if let empty = result.first(where: { $0.validationIndices.isEmpty }) {
      throw SamplingError(
        reason: "fold \(empty.number) of \(folds) would hold out nothing: the groups are too few or"
          + " too uneven; `stratified: false` removes this limit")
    }
    return result
  }

  /// The part, from 0, that each group goes to. In floating point, operation by operation as numpy does it:
  /// what is a tie and what is not depends on the last bit.
  ///
  /// - Parameters:
  ///   - order: the groups in the order in which equally uneven ones are taken.
  ///   - counts: [group][class], of examples.
  ///   - totals: examples of each class.
  ///   - capacities: how large each part should be in proportion to the others.
  static func level(
    _ order: [Int], _ counts: [[Double]], _ totals: [Double], capacities: [Double]
  ) -> [Int] {
    let folds = capacities.count
    let unevenness = order.map { deviation(counts[$0]) }
    let byUnevenness = order.indices.sorted {
      unevenness[$0] == unevenness[$1] ? $0 < $1 : unevenness[$0] > unevenness[$1]
    }
    var held = [[Double]](repeating: totals.map { _ in 0 }, count: folds)
    var foldOfGroup = [Int](repeating: 0, count: order.count)
    for place in byUnevenness {
      let group = order[place]
      var best = 0
      var leastSpread = Double.infinity
      var fewest = Double.infinity
      for fold in 0..<folds {
        let before = held[fold]
        held[fold] = zip(before, counts[group]).map { $0 + $1 }
        let spread = spread(held, totals, capacities)
        held[fold] = before
        let size = sum(before) / capacities[fold]
        if spread < leastSpread || (isClose(spread, leastSpread) && size < fewest) {
          (best, leastSpread, fewest) = (fold, spread, size)
        }
      }
      held[best] = zip(held[best], counts[group]).map { $0 + $1 }
      foldOfGroup[group] = best
    }
    return foldOfGroup
  }

  /// The mean over the classes of how much a class's share differs between folds.
  private static func spread(
    _ held: [[Double]], _ totals: [Double], _ capacities: [Double]
  ) -> Double {
    let deviations = totals.indices.map { place in
      // Over a single class numpy adds in another order than over the rows of a table.
      let shares = zip(held, capacities).map { $0[place] / totals[place] / $1 }
      return deviation(shares, sum: totals.count == 1 ? sum : { $0.reduce(0, +) })
    }
    return sum(deviations) / Double(deviations.count)
  }

  private static func deviation(
    _ values: [Double], sum: ([Double]) -> Double = KFoldSplit.sum
  ) -> Double {
    let count = Double(values.count)
    let mean = sum(values) / count
    return (sum(values.map { ($0 - mean) * ($0 - mean) }) / count).squareRoot()
  }

  /// NumPy's sum of a row: eight running sums that are combined in pairs; above 128 values, split in halves.
  private static func sum(_ values: [Double]) -> Double { sum(values[...]) }

  private static func sum(_ values: ArraySlice<Double>) -> Double {
    let start = values.startIndex
    if values.count < 8 { return values.reduce(0, +) }
    if values.count > 128 {
      var half = values.count / 2
      half -= half % 8
      return sum(values[start..<(start + half)]) + sum(values[(start + half)...])
    }
    var running = Array(values[start..<(start + 8)])
    let whole = values.count - values.count % 8
    for place in 8..<max(8, whole) { running[place % 8] += values[start + place] }
    var total =
      ((running[0] + running[1]) + (running[2] + running[3]))
      + ((running[4] + running[5]) + (running[6] + running[7]))
    for value in values[(start + whole)...] { total += value }
    return total
  }

  /// NumPy's `isclose` with its default tolerances.
  private static func isClose(_ value: Double, _ other: Double) -> Bool {
    guard value.isFinite, other.isFinite else { return value == other }
    return abs(value - other) <= 1e-8 + 1e-5 * abs(other)
  }
}
