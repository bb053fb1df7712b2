import Glibc
import Tasks

/// A model's predictions for all examples of a set, pooled over batches.
package struct PooledPredictions: Sendable {
  package let classes: Int
  package private(set) var labels: [Int]
  package private(set) var predictions: [Int]
  /// The model's outputs before conversion to probabilities. Row-major, one row per example and one
  /// column per class.
  package private(set) var scores: [Double]
  /// Converts the scores to probabilities.
  package let link: ScoreLink

  /// - Precondition: labels and predictions are below `classes`, and every example has a row of
  ///   `classes` scores.
  package init(
    labels: [Int], predictions: [Int], scores: [Double], link: ScoreLink, classes: Int
  ) {
    precondition(labels.count == predictions.count)
    precondition(scores.count == labels.count * classes)
    precondition(labels.allSatisfy { (0..<classes).contains($0) })
    precondition(predictions.allSatisfy { (0..<classes).contains($0) })
    self.classes = classes
    self.labels = labels
    self.predictions = predictions
    self.scores = scores
    self.link = link
  }

  /// Creates predictions for which only the probabilities are known.
  package init(
    labels: [Int] = [], predictions: [Int] = [], probabilities: [Float] = [], classes: Int
  ) {
    self.init(
      labels: labels, predictions: predictions, scores: probabilities.map(Double.init),
      link: .identity, classes: classes)
  }

  package var count: Int { labels.count }

  package func scores(at row: Int) -> ArraySlice<Double> {
    scores[(row * classes)..<((row + 1) * classes)]
  }

  /// The probability of the predicted class.
  package func confidence(at row: Int) -> Double {
    scores(at: row).withUnsafeBufferPointer { link.probability(of: predictions[row], in: $0) }
  }

  /// The rows of up to `count` wrong predictions, most confident first.
  package func mostConfidentMistakes(_ count: Int) -> [Int] {
    labels.indices.filter { labels[$0] != predictions[$0] }
      .map { (row: $0, confidence: confidence(at: $0)) }.filter { !$0.confidence.isNaN }
      .sorted { (-$0.confidence, $0.row) < (-$1.confidence, $1.row) }.prefix(count).map(\.row)
  }

  /// Appends a batch.
  package mutating func append(_ batch: PooledPredictions) {
    precondition(batch.classes == classes && batch.link == link)
    labels += batch.labels
    predictions += batch.predictions
    scores += batch.scores
  }

  package var confusionMatrix: ConfusionMatrix {
    ConfusionMatrix(labels: labels, predictions: predictions, classes: classes)
  }

  /// The probability of each example's predicted class.
  package var confidences: [Double] {
    scores.withUnsafeBufferPointer { all in
      predictions.indices.map { index in
        let row = UnsafeBufferPointer(rebasing: all[(index * classes)..<((index + 1) * classes)])
        return link.probability(of: predictions[index], in: row)
      }
    }
  }

  /// Natural logarithms of all probabilities, row-major.
  package var logProbabilities: [Double] { link.logProbabilities(scores, classes: classes) }

  /// -ln p of each example's true class. Stored probabilities may have been rounded to 0 or 1, so
  /// they are clipped to [2⁻⁵², 1 - 2⁻⁵²] as in scikit-learn; those computed from scores are not.
  package var logLosses: [Double] {
    if link == .identity {
      return labels.indices.map { index in
        let p = scores[index * classes + labels[index]]
        return -log(min(max(p, Double.ulpOfOne), 1 - Double.ulpOfOne))
      }
    }
    let logarithms = logProbabilities
    return labels.indices.map { 0 - logarithms[$0 * classes + labels[$0]] }
  }

  /// Whether all scores are finite.
  package var isFinite: Bool { scores.allSatisfy(\.isFinite) }

  /// Whether the scores already are, or are converted to, probabilities from 0 to 1.
  var areProbabilities: Bool { link != .identity || scores.allSatisfy { (0...1).contains($0) } }
}
