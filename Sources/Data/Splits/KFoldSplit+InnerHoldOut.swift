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

  /// The same with whole groups; see ``GroupHoldOut``.
  ///
  /// - Parameters:
  ///   - groups: the group of every example, not only of the fold's.
  ///   - strata: the class of every example, each of which is held out by its share as far as the groups allow;
  ///     `nil` for none.
  /// - Throws: as ``GroupHoldOut`` does.
  package func innerHoldOut<Group: Hashable & Comparable>(
    groups: [Group], strata: [Int32]? = nil, fraction: Double, seed: UInt64
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    let own = trainIndices.map { groups[$0] }
    let inner =
      if let strata {
        try GroupHoldOut.stratified(
          labels: trainIndices.map { strata[$0] }, groups: own, fraction: fraction, seed: seed,
          fold: number)
      } else {
        try GroupHoldOut.plain(groups: own, fraction: fraction, seed: seed, fold: number)
      }
    return (inner.train.map { trainIndices[$0] }, inner.validation.map { trainIndices[$0] })
  }
}
