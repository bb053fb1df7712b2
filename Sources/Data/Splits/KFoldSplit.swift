import Randomness

/// One division of the examples into those that a model is trained on and those it never sees.
package struct Fold: Sendable, Hashable {
  /// From 1, counted on over the repeats: with five folds the second repeat has 6 to 10. So it names
  /// a fold by itself, as the streams of a fold's training and its folder need.
  package let number: Int
  /// From 1.
  package let `repeat`: Int
  /// Ascending; together with `validationIndices` all examples, except in folds by time (``TimeSplit``), which
  /// leave later examples out.
  package let trainIndices: [Int]
  /// Ascending. Within a repeat every example is in exactly one fold's; in folds by time the earliest examples
  /// are in none.
  package let validationIndices: [Int]
}

/// Cross-validation: every example is held out once in each repeat.
///
/// How many examples of each class or group a fold holds out, and without shuffling also which, is
/// what scikit-learn 1.9's `KFold`, `StratifiedKFold`, `GroupKFold` and `StratifiedGroupKFold` say.
/// Which examples are drawn is a function of the seed and the repeat: the stream (`split`, epoch =
/// repeat), with the units listed in `docs/randomness.md`. Neither the number of repeats nor that of
/// folds is part of it.
package enum KFoldSplit {
  /// The unit of draws that know no classes; no class has it.
  static let unitOfExamples = UInt64.max
  /// The unit of draws among whole groups.
  static let unitOfGroups = UInt64.max - 1

  /// Divides `count` examples whatever their classes, as `KFold` does: the first `count` mod `folds`
  /// folds hold one more than the others.
  ///
  /// - Throws: where there are fewer than two folds, fewer examples than folds, or repeats that
  ///   would all be the same.
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

  /// The sizes of `parts` runs that `count` items are cut into, the larger ones first.
  static func evenSizes(_ count: Int, _ parts: Int) -> [Int] {
    (0..<parts).map { count / parts + ($0 < count % parts ? 1 : 0) }
  }

  /// What `repeat` number `turn` draws of `unit`.
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
      throw SamplingError(reason: "\(repeats) repeats: there has to be at least one")
    }
    guard repeats == 1 || shuffle else {
      throw SamplingError(reason: "without shuffling all \(repeats) repeats would be the same")
    }
  }

  /// The folds of every repeat.
  ///
  /// - Parameter foldOf: in which of the folds 0..<`folds` a repeat holds out each example.
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
