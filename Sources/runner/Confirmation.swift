import Diagnostics
import Glibc
import Orchestration
import Reporting

/// Questions before something is moved or deleted.
enum Confirmation {
  /// - Throws: ``InputError`` if nobody can answer.
  static func requireTerminal(toBeAskedBy command: String, before verb: String) throws {
    guard isatty(STDIN_FILENO) != 1 else { return }
    throw InputError(
      "'\(command)' asks before it \(verb) anything, and nobody can answer here",
      hint: "--yes does not ask")
  }

  /// - Throws: ``QuietExit`` unless the answer is yes.
  static func ask(_ question: String, otherwise: String, _ terminal: Terminal) throws {
    terminal.write(question + " [y/N] ")
    let answer = readLine()?.lowercased() ?? ""
    guard answer == "y" || answer == "yes" else {
      terminal.write(otherwise + "\n")
      throw QuietExit(ExitStatus.answerIsNo)
    }
  }
}
