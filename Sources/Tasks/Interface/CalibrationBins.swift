import ExperimentConfig

/// Predictions binned by their confidence, as in a reliability diagram: the probability of the predicted class, or that
/// of a label.
package struct CalibrationBins: Sendable {
  package struct Bin: Sendable, Equatable {
    package let lower: Double
    package let upper: Double
    package let count: Int
    /// The mean probability; `nil` for an empty bin.
    package let confidence: Double?
    /// The fraction of correct predictions, or of examples that have the label; `nil` for an empty bin.
    package let accuracy: Double?
  }

  package let bins: [Bin]
  /// The examples of each bin, with their outcome (1 if correct, else 0) minus their confidence.
  private let examples: [[(index: Int32, excess: Double)]]

  /// The bins of the reports and cards.
  package static let standardCount = 15

  /// - Parameters:
  ///   - confidences: probabilities, all finite.
  ///   - outcomes: whether what they are about is so, of each.
  ///   - count: the number of bins of equal width, at least 1.
  package init(_ confidences: [Double], _ outcomes: [Bool], count: Int = standardCount) {
    precondition(count > 0 && confidences.count == outcomes.count)
    var examples: [[(index: Int32, excess: Double)]] = Array(repeating: [], count: count)
    var sums = [Double](repeating: 0, count: count)
    var rights = [Int](repeating: 0, count: count)
    for (index, confidence) in confidences.enumerated() {
      let isRight = outcomes[index]
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
  package func error(_ times: [Int32]? = nil) -> Double {
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

extension CalibrationBins {
  /// The bins with examples, as a table of the card.
  ///
  /// - Parameter heading: of the confidences, of what is counted, and of the share that is so.
  package func table(
    title: String = "", _ heading: (String, counts: String, share: String)
  )
    -> ReportTable
  {
    ReportTable(
      title: title,
      heading: [heading.0, heading.counts, "Mean \(heading.0.lowercased())", heading.share],
      rows: bins.filter { $0.count > 0 }.map { bin in
        [
          "\(NumberText.fixed(bin.lower * 100, 1)) to \(Insight.percent(bin.upper))",
          NumberText.grouped(bin.count), Insight.percent(bin.confidence ?? 0),
          Insight.percent(bin.accuracy ?? 0),
        ]
      })
  }
}
