import Tasks

/// Precision, recall and F1 per class and averaged; a score whose denominator is 0 is 0.
///
/// As in scikit-learn, a class that occurs neither among the labels nor among the predictions has
/// no scores and is excluded from the averages; one that was predicted but has no examples scores
/// 0.
struct ClassScores {
  struct Score {
    /// One value per class, in the order of ``ClassScores/labels``.
    let perClass: [Double]
    let macro: Double
    let micro: Double
    let weighted: Double
  }

  let labels: [Int]
  let supports: [Int]
  let precision: Score
  let recall: Score
  let f1: Score

  /// - Parameter labels: the classes to score; by default those that occur among the labels or the
  ///   predictions.
  init(_ matrix: ConfusionMatrix, labels: [Int]? = nil) {
    let totals = matrix.totals
    let labels =
      labels ?? totals.labels.indices.filter { totals.labels[$0] + totals.predictions[$0] > 0 }
    let supports = labels.map { totals.labels[$0] }
    let predicted = labels.map { totals.predictions[$0] }
    self.labels = labels
    let correct = labels.map { matrix[$0, $0] }
    self.supports = supports

    func score(_ factor: Int, _ denominators: [Int]) -> Score {
      let scores = zip(correct, denominators).map { Averaging.ratio(factor * $0, $1) }
      return Score(
        perClass: scores, macro: Averaging.macro(scores),
        micro: Averaging.ratio(factor * correct.reduce(0, +), denominators.reduce(0, +)),
        weighted: Averaging.weighted(scores, supports: supports))
    }

    precision = score(1, predicted)
    recall = score(1, supports)
    f1 = score(2, zip(supports, predicted).map { $0 + $1 })
  }

  /// One value for each of `classes` classes; `nil` for those without scores.
  func ofEachClass(_ path: KeyPath<ClassScores, Score>, _ classes: Int) -> [Double?] {
    var result = [Double?](repeating: nil, count: classes)
    for (label, score) in zip(labels, self[keyPath: path].perClass) { result[label] = score }
    return result
  }
}
