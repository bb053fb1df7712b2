import Glibc
import Tasks

/// The pooled predictions that metrics are computed from: each example once or, in a bootstrap, as
/// often as it was drawn. Intermediate results that several metrics share are computed lazily,
/// once.
///
/// Not thread-safe: use a sample on one thread only, and do not keep it.
package final class ClassSample: ScoredSample {
  let predictions: PooledPredictions
  /// How often each example occurs in the sample; `nil` if each occurs once.
  private(set) var times: [Int32]?

  package init(_ predictions: PooledPredictions) { self.predictions = predictions }

  /// Turns this sample into a resample of the same examples.
  package func repeated(_ times: [Int32]) {
    self.times = times
    knownMatrix = nil
    knownClassScores = nil
    knownRankScores = nil
  }

  var classes: Int { predictions.classes }
  /// The number of examples, including repetitions. A resample has as many as the original.
  package var count: Int { predictions.count }

  // MARK: results for this resample

  private var knownMatrix: ConfusionMatrix?
  var matrix: ConfusionMatrix {
    if let knownMatrix { return knownMatrix }
    let matrix = ConfusionMatrix(classes: classes, cells: cells, times: times)
    knownMatrix = matrix
    return matrix
  }

  private var knownClassScores: ClassScores?
  /// Scores of the classes that occur among the labels or the predictions.
  var classScores: ClassScores {
    if let knownClassScores { return knownClassScores }
    let scores = ClassScores(matrix)
    knownClassScores = scores
    return scores
  }

  private var knownRankScores: [BinaryRanking.Scores]?
  /// One-versus-rest scores of each class; `nil` if any model output is not finite.
  var rankScores: [BinaryRanking.Scores]? {
    guard isFinite else { return nil }
    if let knownRankScores { return knownRankScores }
    let scores = rankings.map { $0.scores(times) }
    knownRankScores = scores
    return scores
  }

  /// The mean of `values`, which holds one value per example; `nil` without examples.
  func mean(_ values: [Double]) -> Double? {
    guard count > 0 else { return nil }
    guard let times else { return NumpySum.sum(values) / Double(count) }
    var sum = 0.0
    for index in values.indices { sum += Double(times[index]) * values[index] }
    return sum / Double(count)
  }

  // MARK: results that do not depend on the resample

  private lazy var cells: [Int32] = zip(predictions.labels, predictions.predictions).map {
    Int32($0 * classes + $1)
  }

  lazy var isFinite: Bool = predictions.isFinite

  /// Whether the outputs are finite probabilities. Those of a model trained with `mse` may not be.
  lazy var hasProbabilities: Bool = isFinite && predictions.areProbabilities

  private lazy var logProbabilities: [Double] = predictions.logProbabilities

  private lazy var rankings: [BinaryRanking] = {
    let scores = predictions.link.rankScores(predictions.scores, classes: classes)
    return (0..<classes).map { label in
      BinaryRanking(
        scores, columns: classes, column: label, positives: predictions.labels.map { $0 == label })
    }
  }()

  /// -ln p of the true class of each example.
  lazy var logLosses: [Double] = predictions.logLosses

  /// The squared differences between the probabilities and the one-hot label, summed over the
  /// classes.
  lazy var squaredDifferences: [Double] = perExample(
    of: predictions.link == .identity ? predictions.scores : logProbabilities.map { exp($0) }
  ) { row, label in
    var sum = 0.0
    for index in row.indices {
      let difference = row[index] - (index == label ? 1 : 0)
      sum += difference * difference
    }
    return sum
  }

  /// For each example, the number of classes ranked ahead of the true one by descending score.
  ///
  /// Ties are broken in favour of the larger class index, as in scikit-learn's
  /// `top_k_accuracy_score`; with two classes, in favour of the first, as in that function's binary
  /// case.
  lazy var classesAhead: [Int] = perExample(of: predictions.scores) { row, label in
    let own = row[label]
    let ties = row.count == 2 ? 0..<label : (label + 1)..<row.count
    return row.count { $0 > own } + row[ties].count { $0 == own }
  }

  private var knownCalibrations: [Int: CalibrationBins] = [:]
  func calibration(bins: Int) -> CalibrationBins {
    if let known = knownCalibrations[bins] { return known }
    let calibration = CalibrationBins(predictions, count: bins)
    knownCalibrations[bins] = calibration
    return calibration
  }

  private func perExample<Value>(
    of rows: [Double], _ value: (UnsafeBufferPointer<Double>, Int) -> Value
  ) -> [Value] {
    rows.withUnsafeBufferPointer { all in
      predictions.labels.indices.map { index in
        let row = UnsafeBufferPointer(rebasing: all[(index * classes)..<((index + 1) * classes)])
        return value(row, predictions.labels[index])
      }
    }
  }
}

/// Reasons why a metric has no value.
enum Undefined {
  static let empty = "there are no examples"
  static let oneClass = "the labels contain only one class"
  static let notFinite = "a probability is not a finite number"
  static let notProbabilities = "the model's outputs are not probabilities between 0 and 1"

  /// The reason for metrics that need the probabilities themselves, not just their order.
  static func probabilityReason(_ sample: ClassSample) -> String {
    sample.count > 0 && sample.isFinite && !sample.hasProbabilities
      ? notProbabilities : reason(sample)
  }

  /// The reason for metrics of scores.
  static func reason(_ sample: ClassSample, _ otherwise: String = empty) -> String {
    sample.count == 0 ? empty : sample.isFinite ? otherwise : notFinite
  }
}
