/// What a task adds to the report of a run: values that the report renders as text or as a page.
package struct TaskReport: Sendable {
  /// What the answers come to, compared with ignoring the inputs; `nil` if there are none.
  package var overall: Insight?
  /// More about the answers, the most important first; left out if the training diverged.
  package var insights: [Insight]
  /// The primary score of ignoring the inputs, as far as it follows from the answers: for runs that do not
  /// record it.
  package var guessing: Double?
  package var sections: [ReportSection]

  package init(
    overall: Insight? = nil, insights: [Insight] = [], guessing: Double? = nil,
    sections: [ReportSection] = []
  ) {
    self.overall = overall
    self.insights = insights
    self.guessing = guessing
    self.sections = sections
  }
}

/// What a run's directory says of its model's answers.
package struct RunAnswers: Sendable {
  /// By split: `validation`, `test`.
  package var predictions: [String: Predictions]
  /// By split: whose answers the predictions are, as far as it is known.
  package var sources: [String: Source]
  /// The files that ``Task/reportInputs`` names, as far as they could be read.
  package var files: [String: [UInt8]]

  /// How many examples were answered, and by which models.
  package struct Source: Sendable, Equatable {
    /// Different examples; one that several models answered counts once.
    package var examples: Int
    package var models: Int
    /// Whether each answer is that of all models together.
    package var isEnsemble: Bool

    package init(examples: Int, models: Int = 1, isEnsemble: Bool = false) {
      self.examples = examples
      self.models = models
      self.isEnsemble = isEnsemble
    }
  }

  package init(
    predictions: [String: Predictions] = [:], sources: [String: Source] = [:],
    files: [String: [UInt8]] = [:]
  ) {
    self.predictions = predictions
    self.sources = sources
    self.files = files
  }

  /// The predictions of the test set, or of the validation set if there are none of the test set yet.
  package var reported: (split: String, predictions: Predictions)? {
    for split in ["test", "validation"] {
      if let found = predictions[split], found.count > 0 { return (split, found) }
    }
    return nil
  }
}

/// A file of the run directory that a task's report is made from besides predictions.
package struct ReportInput: Sendable {
  package var name: String
  /// What is wrong with the file's bytes, such as `is not a table of counts`; `nil` if nothing is.
  package var problem: @Sendable ([UInt8]) -> String?

  package init(_ name: String, problem: @escaping @Sendable ([UInt8]) -> String?) {
    self.name = name
    self.problem = problem
  }
}

extension Task {
  package static var reportInputs: [ReportInput] { [] }
  package static var headlines: [(key: String, label: String)] { [] }

  package func adopting(_ answers: RunAnswers) -> any Task { self }

  package func report(_ answers: RunAnswers) -> TaskReport { TaskReport() }
}
