import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Reporting

/// How a command ends with an error: what is printed, and the exit status.
package struct CommandFailure {
  package let diagnostics: [Diagnostic]
  package let status: Int32
  /// The file to name for errors without a location.
  private let file: String?

  private init(_ diagnostics: [Diagnostic], _ status: Int32, file: String? = nil) {
    self.diagnostics = diagnostics
    self.status = status
    self.file = file
  }

  /// - Returns: `nil` for an error that commands do not expect.
  package init?(_ error: any Error) {
    switch error {
    case let error as InputError: self.init(error.diagnostics, ExitStatus.wrongInput)
    case let error as FileError:
      self.init(Self.error("\(error)"), ExitStatus.wrongInput, file: error.path)
    case let error as DataError:
      self.init(Self.error("\(error)"), ExitStatus.wrongInput, file: error.path)
    case let error as WorkerKilled:
      self.init(
        [Diagnostic(.error, "\(error)", at: nil, hint: error.hint)], ExitStatus.resumable)
    case let error as ProgramFault: self.init(bug: error)
    default: return nil
    }
  }

  /// An unexpected error, reported as a bug.
  package init(bug error: any Error) {
    self.init(Self.error("internal error: \(error)"), ExitStatus.programFault)
  }

  /// A command line that cannot be parsed.
  package init(wrongUsage message: String) {
    self.init(Self.error(message), ExitStatus.wrongUsage)
  }

  private static func error(_ message: String) -> [Diagnostic] {
    [Diagnostic(.error, message, at: nil)]
  }

  /// Prints the failure.
  ///
  /// - Parameter asJSON: prints one line of JSON, which can be told apart from preceding progress.
  package func report(on terminal: Terminal, asJSON: Bool) {
    if !asJSON || !reportJSON(on: terminal) { terminal.write(diagnostics) }
  }

  /// - Returns: `false` if it cannot be encoded as JSON.
  private func reportJSON(on terminal: Terminal) -> Bool {
    do {
      let document = DiagnosticJSON.errors(diagnostics, exitCode: status, file: file)
      terminal.write(String(decoding: try JSONText.encode(document), as: UTF8.self) + "\n")
      return true
    } catch {
      return false
    }
  }
}
