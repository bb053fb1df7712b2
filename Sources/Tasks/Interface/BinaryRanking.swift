/// Examples ranked by the score of one class or label, in the form needed to compute ROC AUC and
/// average precision. Ranks by double-precision scores, since probabilities rounded to 32 bits
/// would tie.
///
/// Only thresholds at which a positive example enters affect the two areas, so the negative
/// examples between two such thresholds are counted together.
package struct BinaryRanking {
  /// One-versus-rest scores.
  package struct Scores {
    /// The number of examples of the class.
    package let support: Int
    /// The probability that an example of the class is ranked above one of the rest, ties counting
    /// half; `nil` if either has no examples.
    package let rocAUC: Double?
    /// Σ (Rₙ - Rₙ₋₁) Pₙ over the thresholds, as in scikit-learn; `nil` without examples of the
    /// class.
    package let averagePrecision: Double?
  }

  /// The examples in the order of their places, without those below the lowest group. With a good
  /// model those are most of the examples, and their number follows from the others.
  ///
  /// Equal scores that include a positive example form a group; groups are numbered from low to
  /// high. Place 3g holds the negatives between groups g - 1 and g, 3g + 1 the negatives and 3g + 2
  /// the positives of group g, and the last place the negatives above the highest group.
  private let examples: [Int32]
  /// The end index of each place in ``examples``.
  private let ends: [Int32]
  private let count: Int

  /// - Parameters:
  ///   - scores: row-major, `columns` per example; larger means more probable.
  ///   - positives: whether each example belongs to the class.
  package init(_ scores: [Double], columns classes: Int, column label: Int, positives: [Bool]) {
    count = positives.count
    let order = Self.order(scores, count, classes, label)
    func example(_ position: Int) -> Int32 { order[position] }
    func score(_ position: Int) -> Double { scores[Int(order[position]) * classes + label] }
    func isPositive(_ position: Int) -> Bool { positives[Int(order[position])] }

    var examples: [Int32] = []
    var ends: [Int32] = []
    var start = 0
    while start < count {
      var end = start
      while end < count, score(end) == score(start) { end += 1 }
      let group = start..<end
      if !group.contains(where: isPositive) {
        if !ends.isEmpty { for position in group { examples.append(example(position)) } }
      } else {
        ends.append(Int32(examples.count))
        for position in group where !isPositive(position) { examples.append(example(position)) }
        ends.append(Int32(examples.count))
        for position in group where isPositive(position) { examples.append(example(position)) }
        ends.append(Int32(examples.count))
      }
      start = end
    }
    ends.append(Int32(examples.count))
    self.examples = examples
    self.ends = ends
  }

  /// The cumulative number of examples before each position.
  private func runningCounts(_ times: [Int32]) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: examples.count + 1) { buffer, initialized in
      var sum: Int32 = 0
      times.withUnsafeBufferPointer { times in
        examples.withUnsafeBufferPointer { examples in
          for position in examples.indices {
            buffer[position] = sum
            sum &+= times[Int(examples[position])]
          }
        }
      }
      buffer[examples.count] = sum
      initialized = examples.count + 1
    }
  }

  /// - Parameter times: how often each example counts, with a sum equal to the number of examples;
  ///   `nil` counts each once.
  package func scores(_ times: [Int32]?) -> Scores {
    let running = times.map(runningCounts)
    // The number of examples at a place.
    func size(_ place: Int) -> Int {
      let end = Int(ends[place])
      let start = place == 0 ? 0 : Int(ends[place - 1])
      guard let running else { return end - start }
      return Int(running[end] &- running[start])
    }
    let last = ends.count - 1
    var positives = 0
    for place in stride(from: 2, to: last, by: 3) { positives += size(place) }
    if positives == 0 { return Scores(support: 0, rocAUC: nil, averagePrecision: nil) }
    let negatives = count - positives

    // From the highest threshold down. Pair counts are integers, so the area is exact.
    var above = size(last)
    var found = 0
    var doubledPairs = 0
    var precision = 0.0
    for place in stride(from: last - 3, through: 0, by: -3) {
      let negativesHere = size(place + 1)
      let positivesHere = size(place + 2)
      if positivesHere > 0 {
        doubledPairs += positivesHere * (2 * (negatives - above) - negativesHere)
        found += positivesHere
        precision += Double(positivesHere) * Double(found) / Double(found + above + negativesHere)
      }
      above += negativesHere + size(place)
    }
    return Scores(
      support: positives,
      rocAUC: negatives == 0
        ? nil : Double(doubledPairs) / (2 * Double(positives) * Double(negatives)),
      averagePrecision: precision / Double(positives))
  }

  /// The examples by ascending score, ties in example order.
  private static func order(
    _ scores: [Double], _ count: Int, _ classes: Int, _ label: Int
  ) -> [Int32] {
    func score(_ example: Int32) -> Double { scores[Int(example) * classes + label] }
    // Sorting one word per example is fast. Rounding scores to 32 bits preserves the order or
    // creates a tie, and ties are resolved below.
    var words: [UInt64] = []
    words.reserveCapacity(count)
    for index in 0..<count {
      let rounded = ordered(Float(scores[index * classes + label]))
      words.append(UInt64(rounded) << 32 | UInt64(index))
    }
    words.sort()
    var order = words.map { Int32(truncatingIfNeeded: $0) }
    var start = 0
    while start < count {
      var end = start + 1
      var isTie = true
      while end < count, words[end] >> 32 == words[start] >> 32 {
        isTie = isTie && score(order[end]) == score(order[start])
        end += 1
      }
      if !isTie { order[start..<end].sort { (score($0), $0) < (score($1), $1) } }
      start = end
    }
    return order
  }

  /// A bit pattern that sorts like the number; both zeros map to the same pattern.
  private static func ordered(_ value: Float) -> UInt32 {
    let bits = (value + 0).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }
}
