import Randomness

extension KFoldSplit {
  /// Divides the examples so that each class keeps its share in every fold, as `StratifiedKFold`
  /// does.
  ///
  /// Within a class, and without shuffling, the first members go to the first fold and so on. Each
  /// class draws from a stream of its own.
  ///
  /// - Throws: as `plain` does, and where a class has fewer members than there are folds, so that
  ///   some fold would hold out none of it. scikit-learn only warns there, unless it is so of every
  ///   class; but a score of the folds is then a mean over different sets of classes.
  package static func stratified(
    labels: [Int32], folds: Int, repeats: Int = 1, shuffle: Bool = true, seed: UInt64
  ) throws(SamplingError) -> [Fold] {
    try check(count: labels.count, folds: folds, repeats: repeats, shuffle: shuffle)
    let classes = byAppearance(labels)
    try check(classes.map { ($0.label, $0.members.count) }, folds: folds)
    let shares = allocate(classes.map(\.members.count), folds: folds)
    return all(folds: folds, repeats: repeats) { turn in
      var foldOf = [Int](repeating: 0, count: labels.count)
      for ((label, members), share) in zip(classes, shares) {
        var order = members
        if shuffle { stream(seed, turn, UInt64(UInt32(bitPattern: label))).shuffle(&order) }
        var next = 0
        for (fold, size) in share.enumerated() {
          for index in order[next..<(next + size)] { foldOf[index] = fold }
          next += size
        }
      }
      return foldOf
    }
  }

  /// How many members of each class every fold holds out: `[class][fold]`.
  ///
  /// All examples, ordered by class, are dealt out to the folds in turn. So the counts of a class
  /// differ by at most one between folds, and so do the folds' sizes.
  ///
  /// - Parameter counts: of the classes in the order of their first members.
  package static func allocate(_ counts: [Int], folds: Int) -> [[Int]] {
    var dealt = 0
    return counts.map { count in
      var share = [Int](repeating: count / folds, count: folds)
      for place in 0..<(count % folds) { share[(dealt + place) % folds] += 1 }
      dealt += count
      return share
    }
  }

  static func check(
    _ classes: [(label: Int32, count: Int)], folds: Int
  ) throws(SamplingError) {
    guard let small = classes.min(by: { ($0.count, $0.label) < ($1.count, $1.label) }),
      small.count < folds
    else { return }
    throw SamplingError(
      reason: "class \(small.label) has \(small.count) "
        + "\(small.count == 1 ? "example" : "examples"), fewer than the \(folds) folds;"
        + " `stratified: false` does without")
  }

  private static func byAppearance(_ labels: [Int32]) -> [(label: Int32, members: [Int])] {
    var places: [Int32: Int] = [:]
    var classes: [(label: Int32, members: [Int])] = []
    for (index, label) in labels.enumerated() {
      if let place = places[label] {
        classes[place].members.append(index)
      } else {
        places[label] = classes.count
        classes.append((label, [index]))
      }
    }
    return classes
  }
}
