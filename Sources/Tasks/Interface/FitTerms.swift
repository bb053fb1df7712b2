/// How a report speaks of the fit of a task's models, which it judges by the primary metric.
package struct FitTerms: Sendable {
  /// A difference of two scores.
  package enum Gap: Sendable, Equatable {
    /// In the score's own unit.
    case difference(Double)
    /// As a share of the score of the training examples.
    case share(Double)
  }

  /// The score within a sentence, such as `RMSE`.
  package var score: String
  /// Of a score that is the share of the examples with a right answer: what these are, such as
  /// `are classified correctly`; `nil` for any other score.
  package var predicate: String?
  /// The best that can be done without looking at the inputs, as the subject of a sentence.
  package var guessing: String
  /// What has the loss that training is expected to get below, such as `guessing by the class frequencies`.
  package var guessingByLoss: String
  /// Underfitting: the training examples have less than this share of the way from guessing to a perfect
  /// score.
  package var leastSkill: Double
  /// Overfitting: the validation examples are worse than the training examples by this much.
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
