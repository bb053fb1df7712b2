import ExperimentConfig

/// An example that two models answer differently.
package struct AnswerChange: Sendable, Equatable {
  /// Position in the whole training or test set.
  package var index: Int
  /// The fold or seed whose model answered for A; 0 for a single training.
  package var fold: Int
  /// What is true.
  package var target: String
  package var a: String
  package var b: String
  /// Which of the two is better.
  package var note: String
  /// What stands below its picture.
  package var caption: String
  /// What else is written as JSON besides index and fold.
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

/// The examples of a split that two models answer differently.
package struct AnswerChanges: Sendable {
  /// All examples that both answered.
  package var total: Int
  /// Those that are answered most differently come first.
  package var examples: [AnswerChange]
  /// How many of them each run does better on, as a clause.
  package var balance: String
  /// The same as JSON, by key.
  package var counts: [String: Int]
  /// What stands above ``AnswerChange/target``.
  package var heading: String
  /// Whether targets are numbers, which are aligned to the right.
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
