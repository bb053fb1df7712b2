import ArgumentParser
import Diagnostics
import Files
import FoundationEssentials
import Report
import Reporting
import RunRecord

/// The run or sweep that is given tags or notes, and how they are printed.
struct AnnotationArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A run or sweep: its directory, a unique prefix of its name, a tag, latest or sweep.",
      valueName: "run"),
    completion: .runs)
  var reference: String

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = "runs"

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  /// The directory of the run or sweep.
  ///
  /// - Throws: ``InputError`` if none matches, or several do.
  func resolve() throws -> RootedDirectory {
    RootedDirectory(try RunReference.resolveTarget(reference, in: runsDirectory).path)
  }

  /// Writes the page of a run anew, which shows its tags and notes. These are kept if that fails.
  func refreshPage(in folder: RootedDirectory) {
    let run = RunDirectory(path: folder.path)
    guard run.isFile("run.json"), run.isFile(ReportPage.name) else { return }
    do {
      try ReportPage.write(for: run)
    } catch {
      Terminal(environment: ProcessInfo.processInfo.environment).write([
        Diagnostic(.warning, "\(ReportPage.name) was not updated: \(error)", at: nil)
      ])
    }
  }
}
