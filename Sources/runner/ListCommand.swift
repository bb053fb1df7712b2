import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Report
import Reporting
import RunRecord

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the runs, newest first, or the trials of a sweep.")

  private static let standardFolder = "runs"

  @Argument(
    help:
      "A sweep, to list its trials: its directory, a prefix of its name, or 'sweep' for the latest."
  )
  var sweep: String?

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = Self.standardFolder

  @Option(
    help: ArgumentHelp(
      "Sorts the runs: best, longest or newest first; names from A to Z.",
      valueName: "column"))
  var sort = RunColumn.started

  @Flag(help: "Reverses the order.")
  var reverse = false

  @Option(help: ArgumentHelp("Shows only the first N runs.", valueName: "n"))
  var limit: Int?

  @Flag(help: "Prints a JSON array to standard output.")
  var json = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
  }

  func run() throws {
    let all = try entries()
    let sorted = RunColumn.sorted(all, by: sort, reverse: reverse)
    let shown = Array(sorted.prefix(limit ?? sorted.count))
    if json {
      try StandardOutput.write(json: JSONValue.array(shown.map(RunColumn.json)))
      return
    }
    let terminal = StandardOutput.terminal(
      environment: ProcessInfo.processInfo.environment)
    if all.isEmpty {
      try StandardOutput.write("There are no runs in '\(TerminalText.line(runsDirectory))'.\n")
      return
    }
    try StandardOutput.write(
      RunTable(terminal).render(shown, ofSweep: sweep != nil, sortedBy: sort))
    if shown.count < all.count {
      let what = sweep == nil ? "runs" : "trials"
      try StandardOutput.write(terminal.dim("  \(shown.count) of \(all.count) \(what)\n"))
    }
    for entry in shown {
      if let damage = entry.damage {
        try StandardOutput.write(terminal.yellow("damaged: ") + TerminalText.line(damage) + "\n")
      }
      // Only report what is uncertain: an interrupted run needs no note.
      if entry.status == RunInfo.Status.running.rawValue, let note = entry.statusNote {
        try StandardOutput.write(
          terminal.yellow("\(TerminalText.line(entry.name)): ") + TerminalText.line(note) + "\n")
      }
    }
  }

  /// The entries to list. Before the first run the default directory does not exist, which is not
  /// an error.
  private func entries() throws -> [RunCatalog.Entry] {
    if let sweep {
      return try SweepOverview.entries(
        try RunReference.resolveSweep(sweep, in: runsDirectory))
    }
    if runsDirectory == Self.standardFolder, !RunCatalog.isFolder(runsDirectory) { return [] }
    return try RunCatalog.entries(in: runsDirectory)
  }
}

extension RunColumn: ExpressibleByArgument {
  /// The column for an argument of `--sort`.
  public init?(argument: String) { self.init(name: argument) }
}
