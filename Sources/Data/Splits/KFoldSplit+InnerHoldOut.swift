import Randomness

extension Fold {
  /// Divides the training indices once more, for whatever is chosen while training, such as when to
  /// stop: the fold's held-out examples stay unseen.
  ///
  /// The draw is `StratifiedSplit`'s with the fold's number as a further coordinate, so it differs
  /// from fold to fold.
  ///
  /// - Parameters:
  ///   - strata: the class of every example, not only of the fold's, each of which is held out by its
  ///     share; `nil` for none.
  ///   - fraction: the share of the fold's training indices that is held out.
  /// - Returns: indices of examples, ascending; together they are `trainIndices`.
  /// - Throws: as `StratifiedSplit` does.
  package func innerHoldOut(
    strata: [Int32]?, fraction: Double, seed: UInt64
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    let inner =
      if let strata {
        try StratifiedSplit.holdOut(
          labels: trainIndices.map { strata[$0] }, fraction: fraction, seed: seed, fold: number)
      } else {
        try StratifiedSplit.holdOutUnstratified(
          count: trainIndices.count, fraction: fraction, seed: seed, fold: number)
      }
    return (inner.train.map { trainIndices[$0] }, inner.validation.map { trainIndices[$0] })
  }

  /// The same with whole groups: those that are drawn first are held out, until there are at least
  /// ⌈`fraction` · n⌉ examples.
  ///
  /// - Parameter groups: the group of every example, not only of the fold's.
  /// - Throws: where `fraction` is not between 0 and 1, or nothing would be left for training.
  package func innerHoldOut<Group: Hashable & Comparable>(
    groups: [Group], fraction: Double, seed: UInt64
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    guard fraction > 0, fraction < 1 else {
      throw SamplingError(reason: "the fraction held out is \(fraction), not between 0 and 1")
    }
    let names = Set(trainIndices.map { groups[$0] }).sorted()
    var sizes: [Group: Int] = [:]
    for index in trainIndices { sizes[groups[index], default: 0] += 1 }
    let wanted = StratifiedSplit.heldOut(of: trainIndices.count, fraction: fraction)
    let order = RandomStream(
      seed: seed, purpose: .split, fold: number, unit: KFoldSplit.unitOfGroups
    ).permutation(names.count)
    var held: Set<Group> = []
    var count = 0
    for place in order {
      if count >= wanted { break }
      held.insert(names[place])
      count += sizes[names[place], default: 0]
    }
    guard held.count < names.count else {
      throw SamplingError(
        reason: "holding out \(fraction) of fold \(number)'s training examples by whole groups"
          + " leaves none of its \(names.count) groups for training")
    }
    return (
      trainIndices.filter { !held.contains(groups[$0]) },
      trainIndices.filter { held.contains(groups[$0]) }
    )
  }
}
