import ArgumentParser
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Reporting

/// How errors end the program: what is printed, and with which exit code.
enum CommandFailure {
  /// The runs differ, or the result is not the same: an answer rather than a failure.
  static let answerIsNo: Int32 = 1
  static let wrongInput: Int32 = 2
  static let programFault: Int32 = 70
  /// Interrupted, or its worker was killed: `runner resume`, or the same `runner sweep`, continues.
  static let resumable: Int32 = 75
  /// 128 + SIGINT, as shells report it.
  static let interrupted: Int32 = 130

  static func finish(_ error: any Error) -> Never {
    switch error {
    case let code as ExitCode: Runner.exit(withError: code)
    case let error as InputError: fail(error.diagnostics, wrongInput)
    case let error as FileError: fail("\(error)", wrongInput, file: error.path)
    case let error as DataError: fail("\(error)", wrongInput)
    case let error as WorkerKilled:
      fail([Diagnostic(.error, "\(error)", at: nil, hint: error.hint)], resumable)
    case let error as ProgramFault: fail("bug in the program: \(error)", programFault)
    case let error where Runner.exitCode(for: error) == .failure:
      // Neither wrong usage nor a chosen code: nobody foresaw it, and 1 would mean 'the answer is no'.
      fail("bug in the program: \(error)", programFault)
    case let error where Runner.exitCode(for: error) == .validationFailure:
      let code = ExitCode.validationFailure.rawValue
      if wantsJSON { fail(Runner.message(for: error), code) }
      terminal.write(TerminalText.printable(Runner.fullMessage(for: error)) + "\n")
      Runner.exit(withError: ExitCode(code))
    default: Runner.exit(withError: error)
    }
  }

  /// Prints diagnostics and, if there are several errors, their number.
  static func print(_ diagnostics: [Diagnostic], on terminal: Terminal) {
    let renderer = DiagnosticRenderer(
      useColor: terminal.usesColor, width: max(terminal.width - 8, 60))
    terminal.write(renderer.render(diagnostics))
    let errors = diagnostics.count { $0.severity == .error }
    if errors > 1 { terminal.write("\(errors) errors\n") }
  }

  /// Whether errors are to be JSON. The arguments decide, since they may be what is wrong.
  static var wantsJSON: Bool {
    CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json")
  }

  private static var terminal: Terminal {
    Terminal(environment: ProcessInfo.processInfo.environment)
  }

  private static func fail(_ message: String, _ code: Int32, file: String? = nil) -> Never {
    fail([Diagnostic(.error, message, at: nil)], code, file: file)
  }

  private static func fail(
    _ diagnostics: [Diagnostic], _ code: Int32, file: String? = nil
  ) -> Never {
    if !wantsJSON || !printJSON(diagnostics, code, file: file) { print(diagnostics, on: terminal) }
    Runner.exit(withError: ExitCode(code))
  }

  /// One line on standard error, so that it can be told from the progress before it.
  ///
  /// - Returns: false if there is no JSON of it.
  private static func printJSON(_ diagnostics: [Diagnostic], _ code: Int32, file: String?) -> Bool {
    do {
      let document = DiagnosticJSON.errors(diagnostics, exitCode: code, file: file)
      terminal.write(String(decoding: try JSONText.encode(document), as: UTF8.self) + "\n")
      return true
    } catch {
      return false
    }
  }
}
