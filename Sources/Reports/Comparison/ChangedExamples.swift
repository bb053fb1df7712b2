import Tasks

/// An example for which the two runs predict something different.
package struct ChangedExample: Sendable {
  package let split: String
  package let answer: AnswerChange

  /// Position in the whole training or test set.
  package var index: Int { answer.index }
}

/// All examples of a split for which the two runs predict something different.
package struct ChangedExamples: Sendable {
  package let split: String
  package let answers: AnswerChanges
  /// Largest changes first.
  package let examples: [ChangedExample]

  /// `nil` if the task of A does not compare individual examples.
  init?(_ pairs: PairedSplit, _ a: ComparedRun) {
    guard let answers = a.task(for: pairs.split)?.answerChanges(pairs.answers) else { return nil }
    split = pairs.split
    self.answers = answers
    examples = answers.examples.map { ChangedExample(split: pairs.split, answer: $0) }
  }
}
