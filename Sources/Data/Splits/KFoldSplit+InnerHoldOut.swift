import Randomness

extension Fold {
  /// Splits the fold's training indices again, to hold out examples for choices made during training, such as
  /// early stopping. The fold's held-out examples remain unseen.
  ///
  /// The split is `StratifiedSplit`'s with the fold's number as a further coordinate of the random stream, so
  /// it differs between folds.
  ///
  /// - Parameters:
  ///   - strata: the class of every example of the data set, to hold out the same share of each class; `nil`
  ///     for no stratification.
  ///   - fraction: the share of the fold's training indices to hold out.
  /// - Returns: example indices, ascending; together they are `trainIndices`.
  /// - Throws: As `StratifiedSplit` does.
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

  /// Holds out whole groups in random order until there are at least ⌈`fraction` · n⌉ examples.
  ///
  /// - Parameter groups: the group of every example of the data set.
  /// - Throws: If `fraction` is not between 0 and 1, or if no training examples would be left.
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
