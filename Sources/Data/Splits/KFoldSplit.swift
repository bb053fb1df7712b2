import Randomness

/// A division of the examples into training examples and held-out validation examples.
package struct Fold: Sendable, Hashable {
  /// The fold's number from 1, counted across repeats: with five folds, the second repeat has 6 to 10. It
  /// identifies the fold on its own, in random streams and in folder names.
  package let number: Int
  /// The repeat, from 1.
  package let `repeat`: Int
  /// Ascending; together with `validationIndices` all examples, except in folds by time (``TimeSplit``), which
  /// leave later examples out.
  package let trainIndices: [Int]
  /// Ascending. Within a repeat every example is in exactly one fold's; in folds by time the earliest examples
  /// are in none.
  package let validationIndices: [Int]
}

/// Cross-validation splits: every example is held out once in each repeat.
///
/// The number of examples of each class or group that a fold holds out, and without shuffling also which
/// ones, are those of scikit-learn 1.9's `KFold`, `StratifiedKFold`, `GroupKFold` and
/// `StratifiedGroupKFold`. Which examples are drawn depends on the seed and the repeat, through the stream
/// (`split`, epoch = repeat) with the units listed in `docs/randomness.md`, but not on the number of
/// repeats or folds.
package enum KFoldSplit {
  /// The stream's unit for draws regardless of class; no class has this number.
  static let unitOfExamples = UInt64.max
  /// The stream's unit for draws of whole groups.
  static let unitOfGroups = UInt64.max - 1

  /// Splits `count` examples regardless of their classes, like `KFold`: the first `count` mod `folds` folds
  /// have one more example than the others.
  ///
  /// - Throws: If there are fewer than two folds, fewer examples than folds, or several repeats that would
  ///   all be the same.
  package static func plain(
    count: Int, folds: Int, repeats: Int = 1, shuffle: Bool = true, seed: UInt64
  ) throws(SamplingError) -> [Fold] {
    try check(count: count, folds: folds, repeats: repeats, shuffle: shuffle)
    return all(folds: folds, repeats: repeats) { turn in
      var order = Array(0..<count)
      if shuffle { stream(seed, turn, unitOfExamples).shuffle(&order) }
      var foldOf = [Int](repeating: 0, count: count)
      var next = 0
      for (fold, size) in evenSizes(count, folds).enumerated() {
        for index in order[next..<(next + size)] { foldOf[index] = fold }
        next += size
      }
      return foldOf
    }
  }

  /// The sizes of `parts` nearly equal runs of `count` items, the larger ones first.
  static func evenSizes(_ count: Int, _ parts: Int) -> [Int] {
    (0..<parts).map { count / parts + ($0 < count % parts ? 1 : 0) }
  }

  /// The random stream of repeat `turn` for `unit`.
  static func stream(_ seed: UInt64, _ turn: Int, _ unit: UInt64) -> RandomStream {
    RandomStream(seed: seed, purpose: .split, epoch: turn, unit: unit)
  }

  static func check(
    count: Int, folds: Int, repeats: Int, shuffle: Bool
  ) throws(SamplingError) {
    guard folds >= 2 else {
      throw SamplingError(
        reason: "\(folds) \(folds == 1 ? "fold" : "folds"): cross-validation needs at least two")
    }
    guard folds <= count else {
      throw SamplingError(reason: "there are \(count) examples, fewer than \(folds) folds")
    }
    guard repeats >= 1 else {
      throw SamplingError(reason: "\(repeats) repeats: there must be at least one")
    }
    guard repeats == 1 || shuffle else {
      throw SamplingError(reason: "without shuffling all \(repeats) repeats would be the same")
    }
  }

  /// The folds of every repeat.
  ///
  /// - Parameter foldOf: returns for a repeat which of the folds 0..<`folds` holds out each example.
  static func all(
    folds: Int, repeats: Int, _ foldOf: (_ turn: Int) -> [Int]
  ) -> [Fold] {
    (1...repeats).flatMap { turn in
      let assigned = foldOf(turn)
      var train = [[Int]](repeating: [], count: folds)
      var validation = [[Int]](repeating: [], count: folds)
      for (index, held) in assigned.enumerated() {
        for fold in 0..<folds where fold != held { train[fold].append(index) }
        validation[held].append(index)
      }
      return (0..<folds).map { fold in
        Fold(
          number: (turn - 1) * folds + fold + 1, repeat: turn, trainIndices: train[fold],
          validationIndices: validation[fold])
      }
    }
  }
}
