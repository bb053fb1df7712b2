import Glibc

/// How the scores that a model gives an example become probabilities of its classes.
package enum ScoreLink: String, Codable, Sendable {
  /// Logits over all classes: softmax.
  case softmax
  /// One logit a class, each on its own: sigmoid.
  case sigmoid
  /// The scores themselves: outputs of a model trained with `mse`, or probabilities that were recorded
  /// without the scores behind them.
  case identity

  /// The natural logarithm of every probability, in double precision: what `torch.log_softmax` and
  /// `logsigmoid` give for float64.
  ///
  /// - Parameter scores: row-major, `classes` an example.
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

  /// What ranks examples by the probability of each class, row-major: the log-odds ln p - ln(1 - p) of
  /// softmax, and otherwise the scores themselves. A large probability is rounded to 1 and its logarithm
  /// to 0, which would be ties; the log-odds are not.
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

  /// Each score less the logarithm of Σ exp(score) over the others, without a difference of large sums.
  private static func logOdds(
    _ row: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) {
    guard row.count > 1 else { return result.update(repeating: 0) }
    let best = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    let largest = row[best]
    // Of the other classes than the best: it is among their others, so nothing is lost beside it.
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
    // Of the best by the scale of the second best.
    var second = -Double.infinity
    for place in row.indices where place != best { second = max(second, row[place]) }
    var sum = 0.0
    for place in row.indices where place != best { sum += exp(row[place] - second) }
    result[best] = largest - second - log(sum)
  }

  /// The probability of every class, row-major.
  package func probabilities(_ scores: [Double], classes: Int) -> [Double] {
    self == .identity ? scores : logProbabilities(scores, classes: classes).map { exp($0) }
  }

  /// The probability of one class of one example.
  package func probability(of label: Int, in row: UnsafeBufferPointer<Double>) -> Double {
    switch self {
    case .identity: return row[label]
    case .sigmoid: return exp(Self.logSigmoid(row[label]))
    case .softmax:
      let (largest, logSum) = Self.normaliser(row)
      return exp(row[label] - largest - logSum)
    }
  }

  /// Scores whose probabilities are the mean of several models' probabilities, computed in double
  /// precision from logarithms, so that none is rounded to 0 or 1.
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

  /// The class with the largest score of each row, the first of equal ones.
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
    // numpy's order of additions, so that a person who checks the numbers finds the same bits.
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
