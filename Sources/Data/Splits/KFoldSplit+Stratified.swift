import Randomness

extension KFoldSplit {
  /// Splits the examples so that every fold has the same share of each class, like `StratifiedKFold`.
  ///
  /// Within a class, without shuffling, the first members go to the first fold and so on. Each class has
  /// its own random stream.
  ///
  /// - Throws: As `plain` does, and if a class has fewer members than there are folds, so that some fold
  ///   would hold out none of it. scikit-learn only warns in this case unless it affects every class; but
  ///   the mean of the folds' scores would then be over different sets of classes.
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

  /// The number of members of each class that every fold holds out: `[class][fold]`.
  ///
  /// All examples, ordered by class, are dealt out to the folds in turn, so neither the counts of a class nor
  /// the sizes of the folds differ by more than one.
  ///
  /// - Parameter counts: the class counts, in the order of the classes' first members.
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
        + " `stratified: false` removes this limit")
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
