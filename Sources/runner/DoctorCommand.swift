import ArgumentParser
import Diagnostics
import FoundationEssentials
import Orchestration
import Reporting

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Checks this machine and says how to install what is missing.",
    discussion: """
      --fix says what it will do, asks, does that and nothing else, and checks again. It installs missing Debian \
      packages with apt-get, makes your cache folder writable, writes the completion of your shell (bash or fish) \
      below your home, and in a checkout downloads LibTorch.

      Exit codes: 0 training works, and with --fix, everything that could be repaired was; 1 the answer was no; \
      2 training is impossible, or a repair did not work.
      """)

  @Flag(help: "Repairs what is missing, after asking.")
  var fix = false

  @Flag(name: .shortAndLong, help: "With --fix: does not ask for confirmation.")
  var yes = false

  func validate() throws {
    if yes && !fix { throw ValidationError("--yes belongs to --fix") }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let check = await MachineCheck(environment: environment)
    try StandardOutput.write(check.text)
    guard fix else {
      if check.isBroken { throw QuietExit(ExitStatus.wrongInput) }
      return
    }
    let terminal = Terminal(environment: environment)
    if check.repairs.isEmpty {
      terminal.write("\nThere is nothing that --fix can repair.\n")
      if check.isBroken { throw QuietExit(ExitStatus.wrongInput) }
      return
    }
    terminal.write("\nThis will be done:\n")
    for repair in check.repairs { terminal.write("  \(TerminalText.line(repair.description))\n") }
    if !yes {
      try Confirmation.requireTerminal(toBeAskedBy: "doctor --fix", before: "changes")
      try Confirmation.ask("Do it?", otherwise: "nothing was changed", terminal)
    }
    var failed = false
    for repair in check.repairs {
      do {
        try await repair.perform { shell in
          CompletionShell(rawValue: shell).map { Runner.completionScript(for: $0) } ?? ""
        }
      } catch {
        // The others may work all the same.
        guard let failure = CommandFailure(error) else { throw error }
        failure.report(on: terminal, asJSON: false)
        failed = true
      }
    }
    let again = await MachineCheck(environment: environment)
    try StandardOutput.write("\nAfter that:\n\n" + again.text)
    if failed || again.isBroken || !again.repairs.isEmpty {
      throw QuietExit(ExitStatus.wrongInput)
    }
  }
}
