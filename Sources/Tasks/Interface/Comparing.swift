import Figures

/// The scores that comparisons of a task's runs show and test, and the terms they use for its
/// parts.
package struct ComparisonTerms: Sendable, Equatable {
  /// The `summary.json` keys that are plotted and shown first, the primary one first.
  package var scores: [String]
  /// The keys of scores that are tested over folds or seeds, besides the primary one and the loss.
  package var scoresOverParts: [String]
  /// The keys of scores that, like the loss, are the mean of one number per example.
  package var meanLosses: [String]
  /// The name of one part, such as `class`.
  package var part: String
  /// The plural, which is also the key in JSON.
  package var parts: String
  /// The heading above the examples for which two runs give different answers.
  package var changesTitle: String
  /// Their key in JSON.
  package var changesKey: String

  package init(
    scores: [String], scoresOverParts: [String] = [], meanLosses: [String] = [],
    part: String = "part", parts: String = "parts", changesTitle: String = "Changed examples",
    changesKey: String = "changed"
  ) {
    self.scores = scores
    self.scoresOverParts = scoresOverParts
    self.meanLosses = meanLosses
    self.part = part
    self.parts = parts
    self.changesTitle = changesTitle
    self.changesKey = changesKey
  }
}

/// One run's answers to the examples of a split, in a comparison of several runs.
package struct ComparedAnswers: Sendable {
  /// The run's name in figures.
  package var run: String
  package var predictions: Predictions
  /// Whether the answers are to the first run's examples and by the same kind of model, so that the
  /// two can be subtracted.
  package var isComparable: Bool

  package init(run: String, predictions: Predictions, isComparable: Bool) {
    self.run = run
    self.predictions = predictions
    self.isComparable = isComparable
  }
}

extension Task {
  package static var comparison: ComparisonTerms { ComparisonTerms(scores: [primaryKey]) }

  package func partChanges(
    _ a: Predictions, _ b: Predictions, pairs: PairedPredictions?
  ) -> PartChanges? { nil }

  package func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges? { nil }

  package func partScores(_ runs: [Predictions?]) -> PartScores? { nil }

  package func countMatrices(_ runs: [Predictions?]) -> CountMatrices? { nil }

  package func comparisonDrawings(_ runs: [ComparedAnswers], split: String) -> [Drawing] { [] }
}
