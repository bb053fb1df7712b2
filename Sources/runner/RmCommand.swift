import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Reporting

struct RmCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Moves runs and sweeps to the trash.",
    discussion: """
      The trash is the folder .trash in the runs directory; what lies there is not listed. --restore moves it \
      back, and 'runner gc' deletes it. A run or sweep that a process or a job of a cluster is working on \
      stays, and so do a run whose weights another run began with, one that taught another, one whose files \
      another reads, one that another continues with a result that depends on it, a fold of a run and a \
      trial of a sweep.
      """)

  @Argument(
    help:
      "Runs or sweeps: a directory, a unique prefix of a name, a tag, latest, latest~1, or sweep.",
    completion: .runs)
  var runs: [String]

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = "runs"

  @Flag(name: .shortAndLong, help: "Does not ask for confirmation.")
  var yes = false

  @Flag(help: "Moves these runs and sweeps back from the trash.")
  var restore = false

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() async throws {
    if restore { return try restoreAll() }
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

  /// Nothing is lost by a restoration, so it does not ask.
  private func restoreAll() throws {
    let names = try RunRestoration.find(runs, in: runsDirectory)
    var moved: [RunRemoval.Move] = []
    do {
      for name in names { moved.append(try RunRestoration.restore(name, in: runsDirectory)) }
    } catch {
      try report(moved)
      throw error
    }
    try report(moved)
  }

  private func ask(_ paths: [String]) throws {
    try Confirmation.requireTerminal(toBeAskedBy: "rm", before: "moves")
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    for path in paths { terminal.write("  " + TerminalText.line(path) + "\n") }
    let what = paths.count == 1 ? "it" : "these \(paths.count)"
    try Confirmation.ask("Move \(what) to the trash?", otherwise: "nothing was moved", terminal)
  }

  private func report(_ moved: [RunRemoval.Move]) throws {
    if json {
      let items = moved.map { item -> JSONValue in
        restore
          ? ["run": .string(item.to), "trash": .string(item.from)]
          : ["run": .string(item.from), "trash": .string(item.to)]
      }
      try StandardOutput.write(
        json: JSONValue.object([restore ? "restored" : "moved": .array(items)]))
    } else {
      for item in moved {
        try StandardOutput.write(
          "moved \(TerminalText.line(item.from)) to \(TerminalText.line(item.to))\n")
      }
    }
  }
}
