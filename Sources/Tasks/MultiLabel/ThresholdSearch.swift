/// Finds the threshold with the highest F1 for a label.
///
/// Examples with a probability of at least the threshold are predicted to have the label, as in
/// scikit-learn's `precision_recall_curve`, so all thresholds between two neighbouring
/// probabilities are equivalent. Of the best intervals, the one nearest to 0.5 is used; the
/// threshold is 0.5 if the interval contains it, otherwise its midpoint, or the lowest probability
/// for the interval below it.
enum ThresholdSearch {
  struct Result: Equatable {
    var threshold: Double
    /// `nil` if no example has the label.
    var f1: Double?
    var support: Int
  }

  /// - Returns: a threshold of 0.5 if no example has the label, or if a probability is not finite.
  static func best(_ examples: [(probability: Double, isTrue: Bool)]) -> Result {
    let support = examples.count(where: \.isTrue)
    guard support > 0, examples.allSatisfy({ $0.probability.isFinite }) else {
      return Result(threshold: MultiLabelTask.threshold, f1: nil, support: support)
    }
    let sorted = examples.sorted { $0.probability > $1.probability }
    var best: (hits: Int, all: Int, threshold: Double)?
    var hits = 0
    for (place, example) in sorted.enumerated() {
      if example.isTrue { hits += 1 }
      let next = place + 1 < sorted.count ? sorted[place + 1].probability : nil
      // Equal probabilities fall on the same side of any threshold.
      if next == example.probability { continue }
      // F1 is 2 · hits / (predicted + support). Comparing cross products of integers makes ties
      // exact.
      let all = place + 1 + support
      let threshold = threshold(from: next, through: example.probability)
      if let known = best {
        let (new, old) = (hits * known.all, known.hits * all)
        if new < old || (new == old && distance(threshold) >= distance(known.threshold)) {
          continue
        }
      }
      best = (hits, all, threshold)
    }
    guard let best else {
      return Result(threshold: MultiLabelTask.threshold, f1: nil, support: support)
    }
    return Result(
      threshold: best.threshold, f1: Double(2 * best.hits) / Double(best.all), support: support)
  }

  /// A threshold greater than `lower` and at most `upper`, as close to 0.5 as described above.
  private static func threshold(from lower: Double?, through upper: Double) -> Double {
    let standard = MultiLabelTask.threshold
    if standard <= upper, lower.map({ $0 < standard }) ?? true { return standard }
    guard let lower else { return upper }
    let middle = lower + (upper - lower) / 2
    return middle > lower ? middle : upper
  }

  private static func distance(_ threshold: Double) -> Double {
    abs(threshold - MultiLabelTask.threshold)
  }
}
