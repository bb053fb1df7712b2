import Glibc

/// The function that converts a model's scores for an example to class probabilities.
package enum ScoreLink: String, Codable, Sendable {
  /// Softmax over the logits of all classes.
  case softmax
  /// Sigmoid of each logit independently.
  case sigmoid
  /// The scores unchanged: outputs of a model trained with `mse`, or probabilities recorded without
  /// the underlying scores.
  case identity

  /// The natural logarithms of the probabilities, in double precision, equal to `torch.log_softmax`
  /// and `logsigmoid` for float64.
  ///
  /// - Parameter scores: row-major, `classes` per example.
  package func logProbabilities(_ scores: [Double], classes: Int) -> [Double] {
    switch self {
    case .identity: scores.map { log($0) }
    case .sigmoid: scores.map(Self.logSigmoid)
    case .softmax:
      [Double](unsafeUninitializedCapacity: scores.count) { result, initialized in
        scores.withUnsafeBufferPointer { scores in
          for start in stride(from: 0, to: scores.count, by: classes) {
            let row = UnsafeBufferPointer(rebasing: scores[start..<(start + classes)])
            let (largest, logSum) = Self.normaliser(row)
            for label in 0..<classes { result[start + label] = row[label] - largest - logSum }
          }
        }
        initialized = scores.count
      }
    }
  }

  /// Scores that rank examples by the probability of each class, row-major: the log-odds ln p -
  /// ln(1 - p) for softmax, otherwise the scores themselves. Large probabilities would round to 1
  /// and tie; their log-odds do not.
  package func rankScores(_ scores: [Double], classes: Int) -> [Double] {
    guard self == .softmax else { return scores }
    return [Double](unsafeUninitializedCapacity: scores.count) { result, initialized in
      scores.withUnsafeBufferPointer { scores in
        for start in stride(from: 0, to: scores.count, by: classes) {
          Self.logOdds(
            UnsafeBufferPointer(rebasing: scores[start..<(start + classes)]),
            into: UnsafeMutableBufferPointer(rebasing: result[start..<(start + classes)]))
        }
      }
      initialized = scores.count
    }
  }

  /// Each score minus the logarithm of Σ exp(score) over the others, without subtracting large
  /// sums.
  private static func logOdds(
    _ row: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) {
    guard row.count > 1 else { return result.update(repeating: 0) }
    let best = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    let largest = row[best]
    // For all classes but the best, which dominates their sum over the others, so nothing cancels.
    var before = 0.0
    for place in row.indices {
      result[place] = before
      before += exp(row[place] - largest)
    }
    var behind = 0.0
    for place in row.indices.reversed() {
      result[place] = row[place] - largest - log(result[place] + behind)
      behind += exp(row[place] - largest)
    }
    // For the best class, relative to the second best.
    var second = -Double.infinity
    for place in row.indices where place != best { second = max(second, row[place]) }
    var sum = 0.0
    for place in row.indices where place != best { sum += exp(row[place] - second) }
    result[best] = largest - second - log(sum)
  }

  /// The probabilities of all classes, row-major.
  package func probabilities(_ scores: [Double], classes: Int) -> [Double] {
    self == .identity ? scores : logProbabilities(scores, classes: classes).map { exp($0) }
  }

  /// The probability of one class for one example.
  package func probability(of label: Int, in row: UnsafeBufferPointer<Double>) -> Double {
    switch self {
    case .identity: return row[label]
    case .sigmoid: return exp(Self.logSigmoid(row[label]))
    case .softmax:
      let (largest, logSum) = Self.normaliser(row)
      return exp(row[label] - largest - logSum)
    }
  }

  /// Scores whose probabilities are the mean of several models' probabilities, computed from
  /// logarithms in double precision so that none rounds to 0 or 1.
  ///
  /// - Parameter models: the scores of each model for the same examples.
  package func averaged(_ models: [[Double]], classes: Int) -> [Double] {
    guard let first = models.first, models.count > 1 else { return models.first ?? [] }
    let count = Double(models.count)
    func logSum(_ logarithms: [[Double]], _ place: Int) -> Double {
      let largest = logarithms.reduce(-Double.infinity) { max($0, $1[place]) }
      if largest == -.infinity { return largest }
      return largest + log(logarithms.reduce(0.0) { $0 + exp($1[place] - largest) })
    }
    switch self {
    case .identity:
      return first.indices.map { place in models.reduce(0.0) { $0 + $1[place] } / count }
    case .softmax:
      let logarithms = models.map { logProbabilities($0, classes: classes) }
      return first.indices.map { logSum(logarithms, $0) - log(count) }
    case .sigmoid:
      let yes = models.map { $0.map(Self.logSigmoid) }
      let no = models.map { $0.map { Self.logSigmoid(-$0) } }
      return first.indices.map { logSum(yes, $0) - logSum(no, $0) }
    }
  }

  /// The class with the largest score in each row; the first in case of ties.
  package static func largest(_ scores: [some Comparable], classes: Int) -> [Int] {
    stride(from: 0, to: scores.count, by: classes).map { start in
      (1..<max(classes, 1)).reduce(0) { scores[start + $1] > scores[start + $0] ? $1 : $0 }
    }
  }

  /// The largest score of a row, and the logarithm of Σ exp(score - largest).
  private static func normaliser(
    _ row: UnsafeBufferPointer<Double>
  ) -> (largest: Double, logSum: Double) {
    var largest = -Double.infinity
    for score in row where !(score <= largest) { largest = score }
    // NumPy's order of additions, so that results can be verified bit for bit.
    let sum = withUnsafeTemporaryAllocation(of: Double.self, capacity: row.count) { buffer in
      for place in row.indices {
        buffer.initializeElement(at: place, to: exp(row[place] - largest))
      }
      return NumpySum.sum(UnsafeBufferPointer(buffer))
    }
    return (largest, log(sum))
  }

  private static func logSigmoid(_ score: Double) -> Double {
    min(score, 0) - log1p(exp(-abs(score)))
  }
}
