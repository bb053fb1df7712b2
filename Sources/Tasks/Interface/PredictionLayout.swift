/// The columns of a task's predictions: the targets, the decisions, and the model outputs behind
/// them.
///
/// For a task that makes decisions, targets and answers are integers below a limit; a task that
/// predicts numbers has no answers besides its outputs.
package struct PredictionLayout: Hashable, Sendable {
  /// The names of the target columns.
  package var targets: [String]
  /// The names of the decision columns; empty if nothing is decided.
  package var answers: [String]
  /// The names of the probability columns; empty if the outputs are reported as they are.
  package var probabilities: [String]
  /// The names of the model output columns.
  package var outputs: [String]
  /// Converts the outputs to probabilities.
  package var link: ScoreLink
  /// The exclusive upper bound of targets and answers, which are integers from 0; `nil` if targets
  /// are arbitrary numbers.
  package var limit: Int?

  package init(
    targets: [String], answers: [String], probabilities: [String], outputs: [String],
    link: ScoreLink, limit: Int?
  ) {
    self.targets = targets
    self.answers = answers
    self.probabilities = probabilities
    self.outputs = outputs
    self.link = link
    self.limit = limit
  }

  /// The columns that precede those of the task.
  package static let fixedColumns = ["split", "fold", "index"]

  /// The header of `predictions.csv`.
  package var columns: [String] {
    Self.fixedColumns + targets + answers + probabilities + outputs
  }

  /// Whether the outputs are scores that a link converts to probabilities.
  package var hasScores: Bool { link != .identity }
}
