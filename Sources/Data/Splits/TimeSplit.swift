/// Splits by time: a model is trained on earlier examples and validated on later ones.
///
/// Examples with the same time are never on both sides: where a boundary would fall between them it moves back
/// to the first of them, so that every training example is strictly earlier than every validation example. This
/// can only make validation sets larger. Nothing is drawn, so there is no seed.
package enum TimeSplit {
  /// Holds out the latest ⌈`fraction` · n⌉ of the n examples, and those with the same time as the earliest of
  /// them.
  ///
  /// - Parameter times: the time of each example, in any unit; ``OrderColumn`` reads them from text.
  /// - Returns: the indices on each side, ascending; together they are 0..<n.
  /// - Throws: if `fraction` is not between 0 and 1, or nothing would be left for training.
  package static func holdOut<Time: Comparable>(
    times: [Time], fraction: Double
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    guard fraction > 0, fraction < 1 else {
      throw SamplingError(reason: "the fraction held out is \(fraction), not between 0 and 1")
    }
    let order = order(times)
    let held = StratifiedSplit.heldOut(of: times.count, fraction: fraction)
    let boundary = boundary(times, order, at: max(0, times.count - held))
    guard boundary > 0 else {
      let together = held < times.count ? ", for many have the same time" : ""
      throw SamplingError(
        reason: "holding out the last \(fraction) of \(times.count) examples leaves none for"
          + " training\(together)")
    }
    return (order[..<boundary].sorted(), order[boundary...].sorted())
  }

  /// An expanding window, as scikit-learn's `TimeSeriesSplit` makes it: the latest `folds` · s examples are cut
  /// into runs of s = ⌊n / (`folds` + 1)⌋, and each fold is validated on one run and trained on all examples
  /// before it.
  ///
  /// Of n examples, the first n − `folds` · s are never validated on.
  ///
  /// - Parameter times: the time of each example, in any unit; ``OrderColumn`` reads them from text.
  /// - Returns: the folds from the earliest to the latest; see ``Fold``.
  /// - Throws: if there are fewer than two folds or not more examples than folds, or if so many examples have the
  ///   same time that a fold would train on or hold out nothing.
  package static func folds<Time: Comparable>(
    times: [Time], folds: Int
  ) throws(SamplingError) -> [Fold] {
    guard folds >= 2 else {
      throw SamplingError(
        reason: "\(folds) \(folds == 1 ? "fold" : "folds"): cross-validation needs at least two")
    }
    guard folds < times.count else {
      throw SamplingError(
        reason: "there are \(times.count) examples, \(folds) folds by time need at least"
          + " \(folds + 1)")
    }
    let order = order(times)
    let size = times.count / (folds + 1)
    let boundaries = (0...folds).map { fold in
      fold == folds
        ? times.count : boundary(times, order, at: times.count - (folds - fold) * size)
    }
    var result: [Fold] = []
    for fold in 0..<folds {
      let (start, end) = (boundaries[fold], boundaries[fold + 1])
      guard start > 0, start < end else {
        throw SamplingError(
          reason:
            "fold \(fold + 1) of \(folds) would \(start > 0 ? "hold out" : "train on") nothing,"
            + " for too many examples have the same time; use fewer folds")
      }
      result.append(
        Fold(
          number: fold + 1, repeat: 1, trainIndices: order[..<start].sorted(),
          validationIndices: order[start..<end].sorted()))
    }
    return result
  }

  /// The examples from the earliest to the latest, those with the same time by their index.
  private static func order<Time: Comparable>(_ times: [Time]) -> [Int] {
    times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
  }

  /// The place in `order` of the first example with the time of the one at `place`.
  private static func boundary<Time: Comparable>(
    _ times: [Time], _ order: [Int], at place: Int
  ) -> Int {
    var place = place
    while place > 0, times[order[place - 1]] == times[order[place]] { place -= 1 }
    return place
  }
}

extension Fold {
  /// Holds out the latest of the fold's training examples, for whatever is chosen while training; see
  /// ``TimeSplit/holdOut(times:fraction:)``.
  ///
  /// - Parameter times: of every example, not only of the fold's.
  /// - Throws: as ``TimeSplit/holdOut(times:fraction:)`` does.
  package func innerHoldOut<Time: Comparable>(
    times: [Time], fraction: Double
  ) throws(SamplingError) -> (train: [Int], validation: [Int]) {
    let inner = try TimeSplit.holdOut(times: trainIndices.map { times[$0] }, fraction: fraction)
    return (inner.train.map { trainIndices[$0] }, inner.validation.map { trainIndices[$0] })
  }
}
