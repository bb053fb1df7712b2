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
