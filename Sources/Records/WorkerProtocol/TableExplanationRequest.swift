import TableEffects

/// Asks how the models of a finished run use the columns of their table. Nothing is written.
package struct TableExplanationRequest: Codable, Sendable {
  /// The most columns that are permuted.
  package static let mostColumns = 500

  /// The models and the examples.
  package var prediction: PredictionRequest
  /// How often each column is permuted.
  package var repeats: Int
  /// The most columns whose partial dependence is computed, the most important ones.
  package var dependences: Int
  /// The most examples that are kept one by one.
  package var lines: Int
  /// Files of tables whose rows are explained one by one.
  package var files: [String]

  /// - Parameter prediction: its input is examples of a data set; its limit is that of all models together.
  package init(
    _ prediction: PredictionRequest, repeats: Int, dependences: Int, lines: Int, files: [String]
  ) {
    self.prediction = prediction
    self.repeats = repeats
    self.dependences = dependences
    self.lines = lines
    self.files = files
  }
}

/// A part of the answer to a ``TableExplanationRequest``.
package enum TableExplanationEvent: Codable, Sendable {
  /// How many columns have been permuted, and how many there are.
  case progress(done: Int, of: Int)
  case note(String)
  case finished(TableExplanation)
}
