import ArgumentParser
import Report
import Reporting
import RunRecord

/// Which run, as `report` and `show` take it.
struct RunArguments: ParsableArguments {
  @Argument(
    help: "A run: its directory, the unique start of its name, latest, latest~1 or sweep/3.",
    completion: .runs)
  var run: String

  @Option(
    name: .customLong("runs-dir"), help: "Where runs are looked for.", completion: .directory)
  var runsDirectory = "runs"

  /// - Throws: ``InputError`` with the candidates.
  func resolve() throws -> RunDirectory { try RunReference.resolve(run, in: runsDirectory) }
}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Writes a run's report.html anew and prints its path.")

  @OptionGroup var arguments: RunArguments

  func run() throws {
    try StandardOutput.write(ReportPage.write(for: arguments.resolve()) + "\n")
  }
}
