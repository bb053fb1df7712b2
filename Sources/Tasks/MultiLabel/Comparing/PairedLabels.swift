import Tasks

/// For each example, the labels that exactly one of two models gets right.
struct PairedLabels {
  let pairs: PairedPredictions
  /// For each example, the indices of the labels that only A gets right.
  let onlyA: [[Int]]
  let onlyB: [[Int]]

  init(_ pairs: PairedPredictions) {
    self.pairs = pairs
    let samples = (LabelSample(pairs.a), LabelSample(pairs.b))
    func isRight(_ sample: LabelSample, _ row: Int, _ label: Int) -> Bool {
      sample.isTrue(row, label) == sample.isPredicted(row, label)
    }
    func right(_ first: LabelSample, _ second: LabelSample) -> [[Int]] {
      (0..<pairs.count).map { row in
        (0..<first.labels).filter { isRight(first, row, $0) && !isRight(second, row, $0) }
      }
    }
    onlyA = right(samples.0, samples.1)
    onlyB = right(samples.1, samples.0)
  }

  /// A sort key that is smaller for examples that changed more.
  func rank(of row: Int) -> (Int, Double) {
    let changed = onlyA[row] + onlyB[row]
    let (a, b) = (pairs.a.probabilities(at: row), pairs.b.probabilities(at: row))
    let distance = changed.reduce(0) { $0 + abs(a[$1] - b[$1]) }
    return (-changed.count, distance.isNaN ? 0 : -distance)
  }
}
