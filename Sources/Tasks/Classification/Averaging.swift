import Tasks

/// Combines per-class scores into averages, as scikit-learn does with `zero_division=0`.
enum Averaging {
  /// The quotient; 0 if the denominator is 0.
  static func ratio(_ numerator: Int, _ denominator: Int) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }

  /// The unweighted mean; 0 if `scores` is empty.
  static func macro(_ scores: [Double]) -> Double {
    scores.isEmpty ? 0 : NumpySum.sum(scores) / Double(scores.count)
  }

  /// The mean weighted by the number of examples of each class; the unweighted mean if there are
  /// none.
  static func weighted(_ scores: [Double], supports: [Int]) -> Double {
    let total = supports.reduce(0, +)
    guard total > 0 else { return macro(scores) }
    return NumpySum.sum(zip(scores, supports).map { $0 * Double($1) }) / Double(total)
  }

  /// The macro, micro and weighted averages of a score of hard predictions, over the classes that
  /// occur among the labels or the predictions.
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

  /// The macro and weighted averages of a one-versus-rest score over the classes for which it is
  /// defined. With two classes, the score of the second class, as in scikit-learn's binary case.
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
