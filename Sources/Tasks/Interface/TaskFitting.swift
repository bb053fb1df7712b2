import ExperimentConfig

/// What of a task is fitted to validation predictions once a model is trained, such as the threshold of each
/// label. A task that decides by its outputs alone fits nothing and inherits all of this.
///
/// General code treats a fit as a task: the one that decides by what was fitted. It writes
/// ``Task/fittedRecord()`` into the run directory and reads it back with ``Task/fitted(asRecorded:)``.
extension Task {
  package static var options: [Field] { [] }

  package func configured(_ options: Arguments) throws -> any Task { self }

  package static var fittedFile: String? { nil }

  package var fittedOption: String? { nil }

  package func fitted(to validation: Predictions) -> any Task { self }

  package func fittedRecord() throws -> ReportFile? { nil }

  package func fitted(asRecorded bytes: [UInt8]) throws -> any Task { self }

  package func combined(_ members: [any Task]) -> any Task { self }

  /// The same outputs with what this task decides by them once it is fitted.
  package func deciding(_ predictions: Predictions) -> Predictions {
    if fittedOption == nil { return predictions }
    return predictions.replacing(
      outputs: predictions.outputs, answers: answers(predictions.outputs, predictions.layout))
  }
}

/// Why the record of a fit cannot be used.
package struct FittedRecordProblem: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
