/// The columns of a task's predictions: what is true, what the model decided, and its outputs behind that.
///
/// Targets and answers of a task that decides are whole numbers below a limit; one that predicts numbers has
/// no answers besides its outputs.
package struct PredictionLayout: Hashable, Sendable {
  /// Names of the columns of the targets.
  package var targets: [String]
  /// Of what was decided; empty if nothing is.
  package var answers: [String]
  /// Of the probabilities that follow from the outputs; empty if the outputs are what people read.
  package var probabilities: [String]
  /// Of the model's outputs.
  package var outputs: [String]
  /// What makes probabilities of the outputs.
  package var link: ScoreLink
  /// Whole numbers from 0 to below this are targets and answers; `nil` if targets are any numbers.
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

  /// What stands before the columns of a task.
  package static let fixedColumns = ["split", "fold", "index"]

  /// The heading of `predictions.csv`.
  package var columns: [String] {
    Self.fixedColumns + targets + answers + probabilities + outputs
  }

  /// Whether the outputs are, or become, probabilities.
  package var hasScores: Bool { link != .identity }
}
