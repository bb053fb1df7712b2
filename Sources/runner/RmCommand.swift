import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Glibc
import Orchestration
import Reporting

struct RmCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Moves runs and sweeps to the trash.",
    discussion: """
      The trash is the folder .trash in the runs directory; what lies there is neither listed nor deleted. \
      A run or sweep that a process or a job of a cluster is working on stays, and so do a run whose \
      weights another run began with, one that another continues with a result that depends on it, a fold \
      of a run and a trial of a sweep.
      """)

  @Argument(
    help: "Runs or sweeps: a directory, a unique prefix of a name, latest, latest~1, or sweep.",
    completion: .runs)
  var runs: [String]

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = "runs"

  @Flag(name: .shortAndLong, help: "Does not ask for confirmation.")
  var yes = false

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() async throws {
    let removal = try await RunRemoval(runs, in: runsDirectory)
    if !yes { try ask(removal.paths) }
    do {
      try removal.move()
    } catch {
      // Report what was moved before the error.
      try report(removal.moved)
      throw error
    }
    try report(removal.moved)
  }

  private func ask(_ paths: [String]) throws {
    guard isatty(STDIN_FILENO) == 1 else {
      throw InputError(
        "'rm' asks before it moves anything, and nobody can answer here", hint: "--yes does not ask"
      )
    }
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    for path in paths { terminal.write("  " + TerminalText.line(path) + "\n") }
    let what = paths.count == 1 ? "it" : "these \(paths.count)"
    terminal.write("Move \(what) to the trash? [y/N] ")
    let answer = readLine()?.lowercased() ?? ""
    guard answer == "y" || answer == "yes" else {
      terminal.write("nothing was moved\n")
      throw QuietExit(ExitStatus.answerIsNo)
    }
  }

  private func report(_ moved: [RunRemoval.Move]) throws {
    if json {
      let items = moved.map { item -> JSONValue in
        ["run": .string(item.from), "trash": .string(item.to)]
      }
      try StandardOutput.write(json: JSONValue.object(["moved": .array(items)]))
    } else {
      for item in moved {
        try StandardOutput.write(
          "moved \(TerminalText.line(item.from)) to \(TerminalText.line(item.to))\n")
      }
    }
  }
}
