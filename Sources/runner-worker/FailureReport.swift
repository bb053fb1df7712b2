import Datasets
import Diagnostics
import Files
import RunRecord
import Torch
import Training

extension FailureReport {
  /// An error in words, with the exit code that it means.
  static func describe(_ error: any Error) -> WorkerFailure {
    switch error {
    case let error as InputError:
      let text = DiagnosticRenderer().render(error.diagnostics)
      return WorkerFailure(exitCode: 2, message: text.trimmed)
    case let error as TrainingFailure: return WorkerFailure(exitCode: 2, message: "\(error)")
    case let error as DataError: return WorkerFailure(exitCode: 2, message: "\(error)")
    case let error as SamplingError: return WorkerFailure(exitCode: 2, message: "\(error)")
    case let error as FileError: return WorkerFailure(exitCode: 2, message: "\(error)")
    case let error as TorchError where error.isOutOfMemory:
      return WorkerFailure(
        exitCode: 2,
        message: "the memory does not suffice (\(error)); a smaller batch_size needs less")
    default: return WorkerFailure(exitCode: 70, message: "\(error)")
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
