import Randomness

/// The order of an epoch's examples, and their division into batches.
package enum EpochOrder {
  /// The positions 0..<`count` in the order of `epoch` in `fold`, which depends only on these and `seed`;
  /// ascending if `shuffle` is false. Empty if `count` is below 1.
  package static func order(
    count: Int, seed: UInt64, fold: Int, epoch: Int, shuffle: Bool
  ) -> [Int] {
    guard count > 0 else { return [] }
    guard shuffle else { return Array(0..<count) }
    return RandomStream(seed: seed, purpose: .shuffle, fold: fold, epoch: epoch)
      .permutation(count)
  }

  /// Divides `count` examples into batches of `size`. If they do not divide evenly, the last batch is
  /// smaller, or dropped with `dropLast`.
  ///
  /// - Throws: If `size` is below 1, or if `dropLast` would drop all examples.
  package static func batches(
    count: Int, size: Int, dropLast: Bool = false
  ) throws(SamplingError) -> [Range<Int>] {
    guard size > 0 else { throw SamplingError(reason: "a batch of \(size) examples") }
    guard count > 0 else { return [] }
    guard !dropLast || size <= count else {
      throw SamplingError(
        reason: "there are \(count) examples, fewer than a batch of \(size):"
          + " dropping the last batch leaves nothing")
    }
    let whole = count / size
    var batches = (0..<whole).map { ($0 * size)..<(($0 + 1) * size) }
    if !dropLast, whole * size < count { batches.append((whole * size)..<count) }
    return batches
  }
}
