import Tasks

/// The targets and outputs that metrics of label sets are computed from.
package final class LabelSample: ScoredSample {
  let predictions: Predictions
  /// How often each example occurs in the sample; `nil` if each occurs once.
  private(set) var times: [Int32]?

  package init(_ predictions: Predictions) { self.predictions = predictions }

  package var count: Int { predictions.count }

  package func repeated(_ times: [Int32]) {
    self.times = times
    knownCounts = nil
    knownRankings = nil
  }

  var labels: Int { predictions.layout.targets.count }

  lazy var isFinite: Bool = predictions.outputs.allSatisfy(\.isFinite)

  func weight(_ row: Int) -> Int { times.map { Int($0[row]) } ?? 1 }

  func isTrue(_ row: Int, _ label: Int) -> Bool { predictions.targets[row * labels + label] != 0 }

  func isPredicted(_ row: Int, _ label: Int) -> Bool {
    predictions.answers[row * labels + label] != 0
  }

  private var knownCounts: [LabelCounts]?
  /// The counts of each label.
  var counts: [LabelCounts] {
    if let knownCounts { return knownCounts }
    var counts = [LabelCounts](repeating: LabelCounts(), count: labels)
    for row in 0..<count {
      let weight = weight(row)
      if weight == 0 { continue }
      for label in 0..<labels {
        counts[label].add(isTrue(row, label), isPredicted(row, label), weight)
      }
    }
    knownCounts = counts
    return counts
  }

  /// The counts of each example, over all labels.
  lazy var rowCounts: [LabelCounts] = (0..<count).map { row in
    var counts = LabelCounts()
    for label in 0..<labels { counts.add(isTrue(row, label), isPredicted(row, label), 1) }
    return counts
  }

  private lazy var rankings: [BinaryRanking] = (0..<labels).map { label in
    BinaryRanking(
      predictions.outputs, columns: labels, column: label,
      positives: (0..<count).map { isTrue($0, label) })
  }

  private var knownRankings: [BinaryRanking.Scores]?
  /// The ranking scores of each label by its output; `nil` if an output is not finite.
  var rankScores: [BinaryRanking.Scores]? {
    guard isFinite else { return nil }
    if let knownRankings { return knownRankings }
    let scores = rankings.map { $0.scores(times) }
    knownRankings = scores
    return scores
  }

  /// All labels of all examples, as one ranking.
  lazy var pooledRanking: BinaryRanking = BinaryRanking(
    predictions.outputs, columns: 1, column: 0,
    positives: predictions.targets.map { $0 != 0 })

  /// ``times`` for each entry, in row-major order.
  var entryTimes: [Int32]? { times.map { $0.flatMap { Array(repeating: $0, count: labels) } } }

  /// The mean of `value` over the examples.
  func mean(_ value: (Int) -> Double) -> Double {
    guard let times else { return NumpySum.sum((0..<count).map(value)) / Double(count) }
    var sum = 0.0
    for row in 0..<count where times[row] > 0 { sum += Double(times[row]) * value(row) }
    return sum / Double(count)
  }
}

/// Counts of predictions against targets.
struct LabelCounts {
  var hits = 0
  /// False positives.
  var extra = 0
  /// False negatives.
  var missed = 0
  var total = 0

  mutating func add(_ isTrue: Bool, _ isPredicted: Bool, _ weight: Int) {
    total += weight
    if isTrue && isPredicted { hits += weight }
    if isPredicted && !isTrue { extra += weight }
    if isTrue && !isPredicted { missed += weight }
  }

  static func + (left: LabelCounts, right: LabelCounts) -> LabelCounts {
    var sum = left
    sum.hits += right.hits
    sum.extra += right.extra
    sum.missed += right.missed
    sum.total += right.total
    return sum
  }

  /// The quotient; 0 if the denominator is 0.
  static func ratio(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }

  var precision: Double { Self.ratio(hits, hits + extra) }
  var recall: Double { Self.ratio(hits, hits + missed) }
  var f1: Double { Self.ratio(2 * hits, 2 * hits + extra + missed) }
  var support: Int { hits + missed }
}
