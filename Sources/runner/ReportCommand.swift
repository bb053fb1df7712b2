import ArgumentParser
import Report
import Reporting
import RunRecord

/// Which run, as most commands take it.
struct RunArguments: ParsableArguments {
  @Argument(
    help: "A run: its directory, the unique start of its name, latest, latest~1 or sweep/3.",
    completion: .runs)
  var run = "latest"

  @Option(
    name: .customLong("runs-dir"), help: "Where runs are looked for.", completion: .directory)
  var runsDirectory = "runs"

  /// - Throws: ``InputError`` with the candidates.
  func resolve() throws -> RunDirectory { try RunReference.resolve(run, in: runsDirectory) }

  /// The same for commands that take sweeps too.
  func resolveTarget() throws -> RunReference.Target {
    try RunReference.resolveTarget(run, in: runsDirectory)
  }
}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Rewrites report.html of a run or a sweep and prints its path.")

  @OptionGroup var arguments: RunArguments

  func run() throws {
    let path =
      switch try arguments.resolveTarget() {
      case .run(let run): try ReportPage.write(for: run)
      case .sweep(let path): try SweepOverview(path).writePage()
      }
    try StandardOutput.write(path + "\n")
  }
}
