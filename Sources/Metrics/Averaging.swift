/// How scores of single classes become one, as scikit-learn does with `zero_division=0`.
enum Averaging {
  /// 0 where there is nothing to divide by.
  static func ratio(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }

  /// The plain mean over all classes, and the mean weighted by each class's examples.
  static func summaries(
    _ name: String, _ scores: [Double], _ matrix: ConfusionMatrix
  ) -> [(key: String, value: Double)] {
    let supports = (0..<matrix.classes).map { Double(matrix.support($0)) }
    let total = supports.reduce(0, +)
    let weighted = zip(scores, supports).reduce(0.0) { $0 + $1.0 * $1.1 }
    return [
      ("\(name)_macro", scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)),
      ("\(name)_weighted", total == 0 ? 0 : weighted / total),
    ]
  }
}
