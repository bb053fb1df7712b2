/// Precision, recall and F1 of each class and averaged, with 0 for what cannot be divided.
struct ClassScores {
  struct Score {
    /// One value a class, in the order of the labels.
    let perClass: [Double]
    let macro: Double
    let micro: Double
    let weighted: Double
  }

  let supports: [Int]
  let precision: Score
  let recall: Score
  let f1: Score

  /// - Parameter labels: the classes to look at; all of them where it is left out.
  init(_ matrix: ConfusionMatrix, labels: [Int]? = nil) {
    let labels = labels ?? Array(0..<matrix.classes)
    let supports = labels.map(matrix.support)
    let predicted = labels.map(matrix.predicted)
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
}
