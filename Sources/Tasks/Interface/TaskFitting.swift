import ExperimentConfig

/// Defaults for the parts of a task that are fitted to validation predictions after training, such
/// as a threshold per label. A task whose decisions depend on the outputs alone inherits all of
/// them.
///
/// Fitting returns a new task that decides by what was fitted. Generic code writes its
/// ``Task/fittedRecord()`` to the run directory and reads it back with
/// ``Task/fitted(asRecorded:)``.
extension Task {
  package static var options: [Field] { [] }

  package func configured(_ options: Arguments) throws -> any Task { self }

  package static var fittedFile: String? { nil }

  package var fittedOption: String? { nil }

  package func fitted(to validation: Predictions) -> any Task { self }

  package func fittedRecord() throws -> ReportFile? { nil }

  package func fitted(asRecorded bytes: [UInt8]) throws -> any Task { self }

  package func combined(_ members: [any Task]) -> any Task { self }

  /// The predictions with this task's decisions, if it is fitted; otherwise unchanged.
  package func deciding(_ predictions: Predictions) -> Predictions {
    if fittedOption == nil { return predictions }
    return predictions.replacing(
      outputs: predictions.outputs, answers: answers(predictions.outputs, predictions.layout))
  }
}

/// Why a recorded fit cannot be used.
package struct FittedRecordProblem: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
