import ArgumentParser
import ExperimentConfig
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

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() throws {
    let path =
      switch try arguments.resolveTarget() {
      case .run(let run): try write(run)
      case .sweep(let path): try SweepOverview(path).writePage()
      }
    if json {
      try StandardOutput.write(json: JSONValue.object(["report": .string(path)]))
    } else {
      try StandardOutput.write(path + "\n")
    }
  }

  private func write(_ run: RunDirectory) throws -> String {
    let evidence = RunEvidence(reading: run)
    EditedFiles.warn([evidence])
    return try ReportPage.write(evidence)
  }
}
