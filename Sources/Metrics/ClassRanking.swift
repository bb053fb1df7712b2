/// The examples of a set in the order of one class's probability, as far as curves need it.
///
/// Only thresholds at which a positive example enters matter to the area under the ROC curve and to the
/// average precision, so negative examples between two of those are counted together.
struct ClassRanking {
  /// Of one class against the rest.
  struct Scores {
    /// Examples of the class.
    let support: Int
    /// The probability that an example of the class is ranked above one of the rest, ties counting
    /// half; nothing where either is missing.
    let rocAUC: Double?
    /// Σ (Rₙ - Rₙ₋₁) Pₙ over the thresholds, as scikit-learn; nothing without examples of the class.
    let averagePrecision: Double?
  }

  /// Equal scores that hold a positive example are a group. Examples stand at places: at 3g the
  /// negatives between group g - 1 and group g, at 3g + 1 the negatives and at 3g + 2 the positives
  /// of the group itself, at the end the negatives above the last; groups from low to high.
  ///
  /// These are the examples in the order of their places, without those below the lowest group: with a
  /// good model they are nearly all, and how many they are follows from the others.
  private let examples: [Int32]
  /// Where the examples of each place end.
  private let ends: [Int32]
  private let count: Int

  init(_ predictions: PooledPredictions, class label: Int) {
    count = predictions.count
    var keys: [UInt64] = []
    keys.reserveCapacity(count)
    for index in 0..<count {
      let score = predictions.probabilities[index * predictions.classes + label]
      keys.append(UInt64(Self.ordered(score)) << 32 | UInt64(index))
    }
    keys.sort()
    func example(_ position: Int) -> Int32 { Int32(truncatingIfNeeded: keys[position]) }
    func isPositive(_ position: Int) -> Bool {
      predictions.labels[Int(example(position))] == label
    }

    var examples: [Int32] = []
    var ends: [Int32] = []
    var start = 0
    while start < count {
      var end = start
      while end < count, keys[end] >> 32 == keys[start] >> 32 { end += 1 }
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

  /// How many examples stand before each position.
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

  /// - Parameter times: how often each example counts; nothing for once each. All together count as
  ///   many as there are examples.
  func scores(_ times: [Int32]?) -> Scores {
    let running = times.map(runningCounts)
    // How many examples stand at a place.
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

    // From the highest threshold down. Counts of pairs are whole numbers, so the area is exact.
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

  /// Bits that are ordered as the numbers are; both zeros are one number.
  private static func ordered(_ value: Float) -> UInt32 {
    let bits = (value + 0).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }
}
