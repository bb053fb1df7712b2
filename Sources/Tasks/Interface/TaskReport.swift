/// A task's contribution to the report of a run, as values rendered to text or HTML.
package struct TaskReport: Sendable {
  /// The overall quality of the answers, compared with ignoring the inputs; `nil` if there are no
  /// answers.
  package var overall: Insight?
  /// Further insights, most important first; left out if the training diverged.
  package var insights: [Insight]
  /// The primary score of ignoring the inputs, if it can be computed from the answers; for runs
  /// that do not record it.
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

/// The answers of a run's model, as stored in the run directory.
package struct RunAnswers: Sendable {
  /// By split: `validation` or `test`.
  package var predictions: [String: Predictions]
  /// Who gave the answers, by split, if known.
  package var sources: [String: Source]
  /// The files that ``Task/reportInputs`` names, without those that could not be read.
  package var files: [String: [UInt8]]

  /// How many examples were answered, and by which models.
  package struct Source: Sendable, Equatable {
    /// The number of distinct examples; one that several models answered counts once.
    package var examples: Int
    package var models: Int
    /// Whether each answer is the joint answer of all models.
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

  /// The predictions for the test set, or for the validation set if there are none for the test
  /// set.
  package var reported: (split: String, predictions: Predictions)? {
    for split in ["test", "validation"] {
      if let found = predictions[split], found.count > 0 { return (split, found) }
    }
    return nil
  }
}

/// A run directory file that a task's report needs besides predictions.
package struct ReportInput: Sendable {
  package var name: String
  /// Validates the file's bytes; returns the problem, such as `is not a table of counts`, or `nil`
  /// if they are valid.
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
