import ArgumentParser
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import Orchestration
import Reporting
import RunRecord

struct GcCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Lists what is safe to delete, with sizes, and deletes it when told to.",
    discussion: """
      Listed are the trash, checkpoints that finished runs no longer need, files and folders that killed \
      programs left behind, and entries of the caches that were not used for 30 days. Nothing that a run \
      needs to be shown, resumed, continued, reproduced or used is listed, nor anything that a process \
      works on or that another run needs. It asks before it deletes; where nobody can answer, it only lists.
      """)

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = "runs"

  @Option(
    help: ArgumentHelp(
      "Entries of the caches not used for this long are listed, such as 30d, 12h or 2w.",
      valueName: "time"),
    transform: DurationArgument.seconds)
  var cachesOlderThan = 30 * 86_400

  @Flag(name: .shortAndLong, help: "Deletes without asking.")
  var yes = false

  @Flag(help: "Prints one JSON object to standard output; without --yes, nothing is deleted.")
  var json = false

  func run() throws {
    if runsDirectory != "runs", !RunCatalog.isFolder(runsDirectory) {
      throw InputError("there is no folder '\(runsDirectory)'")
    }
    let collection = GarbageCollection(in: runsDirectory, cacheAge: cachesOlderThan)
    let found = try collection.find()
    let environment = ProcessInfo.processInfo.environment
    if !json {
      let output = StandardOutput.terminal(environment: environment)
      try StandardOutput.write(GarbageText.table(found, output))
      if found.isEmpty { return }
    }
    var freed: [Garbage] = []
    if yes {
      freed = try free(found, collection)
    } else if !json, !found.isEmpty, isatty(STDIN_FILENO) == 1 {
      let bytes = ByteCount.text(found.reduce(0) { $0 + $1.bytes })
      try Confirmation.ask(
        "Delete all of this (\(bytes))?", otherwise: "nothing was deleted",
        Terminal(environment: environment))
      freed = try free(found, collection)
    } else if !json {
      try StandardOutput.write("  --yes deletes it\n")
    }
    if json { return try StandardOutput.write(json: GarbageText.json(found, freed: freed)) }
    if freed.isEmpty { return }
    try StandardOutput.write("Deleted \(ByteCount.text(freed.reduce(0) { $0 + $1.bytes })).\n")
    let kept = found.count - freed.count
    if kept > 0 { try StandardOutput.write("\(kept) came into use meanwhile and stayed.\n") }
  }

  /// Frees as much as possible: what fails does not keep the rest.
  private func free(_ found: [Garbage], _ collection: GarbageCollection) throws -> [Garbage] {
    var freed: [Garbage] = []
    var problems: [Diagnostic] = []
    for item in found {
      do {
        if try collection.free(item) { freed.append(item) }
      } catch let error as FileError {
        problems.append(Diagnostic(.error, "\(error)", at: nil))
      }
    }
    if !problems.isEmpty { throw InputError(problems) }
    return freed
  }
}
