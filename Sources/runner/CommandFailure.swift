import ArgumentParser
import Datasets
import Diagnostics
import Files
import FoundationEssentials
import Reporting

/// How errors end the program: what is printed, and with which exit code.
enum CommandFailure {
  /// They differ, or it is not the same: an answer and no failure.
  static let answerIsNo: Int32 = 1
  static let wrongInput: Int32 = 2
  static let programFault: Int32 = 70
  /// Interrupted: `runner resume`, or the same `runner sweep`, goes on.
  static let resumable: Int32 = 75
  /// 128 + SIGINT, as shells say it.
  static let interrupted: Int32 = 130

  static func finish(_ error: any Error) -> Never {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    switch error {
    case let code as ExitCode: Runner.exit(withError: code)
    case let error as InputError:
      print(error.diagnostics, on: terminal)
      Runner.exit(withError: ExitCode(wrongInput))
    case let error as FileError: fail("\(error)", wrongInput, terminal)
    case let error as DataError: fail("\(error)", wrongInput, terminal)
    case let error as ProgramFault: fail("fault of the program: \(error)", programFault, terminal)
    case let error where Runner.exitCode(for: error) == .failure:
      // Neither wrong usage nor a chosen code: nobody foresaw it, and 1 would mean 'the answer is no'.
      fail("fault of the program: \(error)", programFault, terminal)
    case let error where Runner.exitCode(for: error) == .validationFailure:
      terminal.write(TerminalText.printable(Runner.fullMessage(for: error)) + "\n")
      Runner.exit(withError: ExitCode.validationFailure)
    default: Runner.exit(withError: error)
    }
  }

  /// Prints diagnostics and, where there are several errors, how many.
  static func print(_ diagnostics: [Diagnostic], on terminal: Terminal) {
    let renderer = DiagnosticRenderer(
      useColor: terminal.usesColor, width: max(terminal.width - 8, 60))
    terminal.write(renderer.render(diagnostics))
    let errors = diagnostics.count { $0.severity == .error }
    if errors > 1 { terminal.write("\(errors) errors\n") }
  }

  private static func fail(_ message: String, _ code: Int32, _ terminal: Terminal) -> Never {
    terminal.write(terminal.red("error: ") + TerminalText.printable(message) + "\n")
    Runner.exit(withError: ExitCode(code))
  }
}
