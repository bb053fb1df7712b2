import ArgumentParser
import Diagnostics
import Files
import FoundationEssentials
import Orchestration
import Reporting

struct FmtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Puts the sections of experiment files in order and spaces them; keeps comments.",
    discussion: """
      Sections get the order of the files in experiments/, with a blank line between their groups; white space at \
      the ends of lines and blank lines beyond one go, and comments have two spaces before them. What is inside a \
      section stays as it is. A file is only written if it says the same as before. Prints the names of the files that \
      it changes.

      EXAMPLES
        runner fmt experiments/*.yaml
        runner fmt --check net.yaml     exits with 1 if the file would change
        runner fmt - < net.yaml         from standard input to standard output
      """)

  @Argument(
    help: ArgumentHelp(
      "Experiment files, or - for standard input.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var files: [String]

  @Flag(help: "Writes nothing; exits with 1 if a file would change.")
  var check = false

  func validate() throws {
    if files.contains("-"), files.count > 1 {
      throw ValidationError("- for standard input cannot be combined with files")
    }
  }

  func run() throws {
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    if files == ["-"] { return try formatStandardInput(terminal) }
    var errors: [Diagnostic] = []
    var isChanged = false
    for file in files {
      do {
        let outcome = try FileFormatting.format(file, isCheck: check)
        if let warning = outcome.warning { terminal.write([warning]) }
        if outcome.isChanged {
          isChanged = true
          try StandardOutput.write(TerminalText.line(file) + "\n")
        }
      } catch {
        guard let failure = CommandFailure(error) else { throw error }
        errors += failure.diagnostics
      }
    }
    if !errors.isEmpty { throw InputError(errors) }
    if check, isChanged { throw QuietExit(ExitStatus.answerIsNo) }
  }

  private func formatStandardInput(_ terminal: Terminal) throws {
    let (bytes, text, warning) = try FileFormatting.formatStandardInput()
    if let warning { terminal.write([warning]) }
    if check {
      if text != nil { throw QuietExit(ExitStatus.answerIsNo) }
    } else {
      try StandardOutput.write(String(decoding: text ?? bytes, as: UTF8.self))
    }
  }
}
