import ArgumentParser
import RunRecord

/// The run that a command applies to.
struct RunArguments: ParsableArguments {
  @Argument(
    help: "A run: its directory, a unique prefix of its name, a tag, latest, latest~1 or sweep/3.",
    completion: .runs)
  var run = "latest"

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = "runs"

  /// - Throws: ``InputError`` if no run matches, or several do.
  func resolve() throws -> RunDirectory { try RunReference.resolve(run, in: runsDirectory) }

  /// Resolves a run or a sweep.
  func resolveTarget() throws -> RunReference.Target {
    try RunReference.resolveTarget(run, in: runsDirectory)
  }
}
