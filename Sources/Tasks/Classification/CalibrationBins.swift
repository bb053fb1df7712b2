import Tasks

/// Examples binned by the confidence of their prediction, as in a reliability diagram.
package struct CalibrationBins: Sendable {
  package struct Bin: Sendable, Equatable {
    package let lower: Double
    package let upper: Double
    package let count: Int
    /// The mean probability of the predicted class; `nil` for an empty bin.
    package let confidence: Double?
    /// The fraction of correct predictions; `nil` for an empty bin.
    package let accuracy: Double?
  }

  package let bins: [Bin]
  /// The examples of each bin, with their outcome (1 if correct, else 0) minus their confidence.
  private let examples: [[(index: Int32, excess: Double)]]

  /// - Precondition: all scores are finite and `count` is at least 1.
  package init(_ predictions: PooledPredictions, count: Int) {
    precondition(count > 0)
    var examples: [[(index: Int32, excess: Double)]] = Array(repeating: [], count: count)
    var sums = [Double](repeating: 0, count: count)
    var rights = [Int](repeating: 0, count: count)
    for (index, confidence) in predictions.confidences.enumerated() {
      let isRight = predictions.labels[index] == predictions.predictions[index]
      let place = Self.place(confidence, count)
      examples[place].append((Int32(index), (isRight ? 1 : 0) - confidence))
      sums[place] += confidence
      if isRight { rights[place] += 1 }
    }
    self.examples = examples
    bins = (0..<count).map { place in
      let size = Double(examples[place].count)
      return Bin(
        lower: Double(place) / Double(count), upper: Double(place + 1) / Double(count),
        count: examples[place].count, confidence: size == 0 ? nil : sums[place] / size,
        accuracy: size == 0 ? nil : Double(rights[place]) / size)
    }
  }

  /// The bin that contains `confidence`. Bins include their upper edge but not their lower one; 0
  /// is in the first.
  private static func place(_ confidence: Double, _ count: Int) -> Int {
    let bounded = min(max(confidence, 0), 1)
    var place = min(Int(bounded * Double(count)), count - 1)
    while place > 0, bounded <= Double(place) / Double(count) { place -= 1 }
    while place < count - 1, bounded > Double(place + 1) / Double(count) { place += 1 }
    return place
  }

  /// The expected calibration error: Σ |accuracy - confidence| over the bins, weighted by their
  /// number of examples; 0 without examples.
  ///
  /// - Parameter times: how often each example counts, with a sum equal to the number of examples;
  ///   `nil` counts each once.
  func error(_ times: [Int32]?) -> Double {
    let total = examples.reduce(0) { $0 + $1.count }
    if total == 0 { return 0 }
    var sum = 0.0
    for bin in examples {
      var excess = 0.0
      if let times {
        for example in bin { excess += Double(times[Int(example.index)]) * example.excess }
      } else {
        for example in bin { excess += example.excess }
      }
      sum += abs(excess)
    }
    return sum / Double(total)
  }
}
