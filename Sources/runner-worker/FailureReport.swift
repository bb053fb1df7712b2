import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Splits
import Torch
import Training
import WorkerProtocol

extension FailureReport {
  /// The message for an error, and the exit code that it implies.
  static func describe(_ error: any Error) -> WorkerFailure {
    switch error {
    case let error as InputError:
      let messages = error.diagnostics.map { diagnostic in
        (diagnostic.range.map { "\($0): " } ?? "") + diagnostic.message
          + (diagnostic.hint.map { "; \($0)" } ?? "")
      }
      return WorkerFailure(
        exitCode: ExitStatus.wrongInput, message: messages.joined(separator: "\n"))
    case is TrainingFailure, is DataError, is SamplingError, is FileError:
      return WorkerFailure(exitCode: ExitStatus.wrongInput, message: "\(error)")
    case let error as TorchError where error.isOutOfMemory:
      return WorkerFailure(
        exitCode: ExitStatus.wrongInput,
        message: "out of memory in \(error.operation)"
          + (error.requestedBytes.map { ": \(NumberText.grouped($0)) bytes were not available" }
            ?? "")
          + "; a smaller batch_size, or a smaller model if its weights do not fit, needs less "
          + "memory"
      )
    default: return WorkerFailure(exitCode: ExitStatus.programFault, message: "\(error)")
    }
  }
}
