/// The terms and thresholds that a report uses to describe over- and underfitting, judged by the
/// primary metric.
package struct FitTerms: Sendable {
  /// A difference of two scores.
  package enum Gap: Sendable, Equatable {
    /// An absolute difference, in the score's own unit.
    case difference(Double)
    /// Relative to the score on the training examples.
    case share(Double)
  }

  /// The score's name within a sentence, such as `RMSE`.
  package var score: String
  /// If the score is a fraction of correct examples, what is true of them, such as `are classified
  /// correctly`; `nil` for other scores.
  package var predicate: String?
  /// The best strategy that ignores the inputs, as the subject of a sentence.
  package var guessing: String
  /// The baseline that the training loss should beat, such as `guessing by the class frequencies`.
  package var guessingByLoss: String
  /// The underfitting threshold: the share of the way from guessing to a perfect score that the
  /// training examples should reach.
  package var leastSkill: Double
  /// The overfitting threshold: how much worse the validation examples may be than the training
  /// examples.
  package var gap: Gap

  package init(
    score: String, predicate: String? = nil, guessing: String, guessingByLoss: String,
    leastSkill: Double, gap: Gap
  ) {
    self.score = score
    self.predicate = predicate
    self.guessing = guessing
    self.guessingByLoss = guessingByLoss
    self.leastSkill = leastSkill
    self.gap = gap
  }
}
