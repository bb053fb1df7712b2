import Figures

/// Which scores of a task a comparison of runs shows and tests, and how it refers to what the task tells apart.
package struct ComparisonTerms: Sendable, Equatable {
  /// Keys of `summary.json` that are shown before the others and drawn, the primary one first.
  package var scores: [String]
  /// Keys of the scores that are tested over folds or seeds, besides the primary one and the loss.
  package var scoresOverParts: [String]
  /// Keys of the scores that are, like the loss, the mean of one number per example.
  package var meanLosses: [String]
  /// What one part is called, such as `class`.
  package var part: String
  /// The plural, which is also the key in JSON.
  package var parts: String
  /// The heading above the examples that two runs answer differently.
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

/// The answers of one of several runs to the examples of a split.
package struct ComparedAnswers: Sendable {
  /// What figures call the run.
  package var run: String
  package var predictions: Predictions
  /// Whether they are answers to the examples that the first run answered, by a model of the same kind, so that
  /// the two can be subtracted.
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
