import ExperimentConfig

/// An example for which two models give different answers.
package struct AnswerChange: Sendable, Equatable {
  /// The position in the whole training or test set.
  package var index: Int
  /// The fold or seed whose model answered for A; 0 for a single training.
  package var fold: Int
  /// The target, as text.
  package var target: String
  package var a: String
  package var b: String
  /// Which of the two answers is better.
  package var note: String
  /// The caption below the example's picture.
  package var caption: String
  /// Further JSON fields besides index and fold.
  package var json: [String: JSONValue]

  package init(
    index: Int, fold: Int, target: String, a: String, b: String, note: String, caption: String,
    json: [String: JSONValue]
  ) {
    self.index = index
    self.fold = fold
    self.target = target
    self.a = a
    self.b = b
    self.note = note
    self.caption = caption
    self.json = json
  }
}

/// The examples of a split for which two models give different answers.
package struct AnswerChanges: Sendable {
  /// The number of examples that both models answered.
  package var total: Int
  /// Sorted by how much the answers differ, largest first.
  package var examples: [AnswerChange]
  /// A clause that says on how many of them each run does better.
  package var balance: String
  /// The counts in ``balance``, by JSON key.
  package var counts: [String: Int]
  /// The column heading for ``AnswerChange/target``.
  package var heading: String
  /// Whether targets are numbers, which are right-aligned.
  package var areNumbers: Bool

  package init(
    total: Int, examples: [AnswerChange], balance: String, counts: [String: Int], heading: String,
    areNumbers: Bool
  ) {
    self.total = total
    self.examples = examples
    self.balance = balance
    self.counts = counts
    self.heading = heading
    self.areNumbers = areNumbers
  }
}
