import ArgumentParser
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
