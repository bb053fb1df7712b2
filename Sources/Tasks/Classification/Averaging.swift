import Tasks

/// How scores of single classes become one, as scikit-learn does with `zero_division=0`.
enum Averaging {
  /// 0 where there is nothing to divide by.
  static func ratio(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }

  /// The plain mean; 0 of nothing.
  static func macro(_ scores: [Double]) -> Double {
    scores.isEmpty ? 0 : NumpySum.sum(scores) / Double(scores.count)
  }

  /// The mean weighted by each class's examples; the plain mean where there are none.
  static func weighted(_ scores: [Double], supports: [Int]) -> Double {
    let total = supports.reduce(0, +)
    guard total > 0 else { return macro(scores) }
    return NumpySum.sum(zip(scores, supports).map { $0 * Double($1) }) / Double(total)
  }

  /// The three averages of a score of hard predictions, over the classes that occur among the labels or
  /// the predictions.
  static func summaries(
    _ name: String, _ path: KeyPath<ClassScores, ClassScores.Score>, _ sample: ClassSample
  ) -> [MetricValue] {
    guard sample.count > 0 else {
      return ["macro", "micro", "weighted"].map {
        MetricValue("\(name)_\($0)", .undefined(Undefined.empty))
      }
    }
    let scores = sample.classScores[keyPath: path]
    return [
      MetricValue("\(name)_macro", .defined(scores.macro)),
      MetricValue("\(name)_micro", .defined(scores.micro)),
      MetricValue("\(name)_weighted", .defined(scores.weighted)),
    ]
  }

  /// The averages of a score of one class against the rest, over the classes that have one. Of two
  /// classes it is the score of the second, as scikit-learn has it for a binary problem.
  static func oneVersusRest(
    _ name: String, _ sample: ClassSample, else reason: String,
    _ score: (BinaryRanking.Scores) -> Double?
  ) -> [MetricValue] {
    guard let all = sample.rankScores else {
      return ["macro", "weighted"].map {
        MetricValue("\(name)_\($0)", .undefined(Undefined.notFinite))
      }
    }
    let ranked = all.count == 2 ? [all[1]] : all
    let defined = ranked.filter { score($0) != nil }
    let scores = defined.compactMap(score)
    let reason = Undefined.reason(sample, reason)
    return [
      MetricValue("\(name)_macro", scores.isEmpty ? nil : macro(scores), else: reason),
      MetricValue(
        "\(name)_weighted",
        scores.isEmpty ? nil : weighted(scores, supports: defined.map(\.support)), else: reason),
    ]
  }
}
