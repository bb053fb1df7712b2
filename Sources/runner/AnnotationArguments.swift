import ArgumentParser
import Files
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
}
