import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Weights

/// Handles data that moved since the run began. The contents must be the same, byte for byte.
package struct Relocation {
  private let changes: ResumeChanges
  private let context: RunContext

  package init(_ changes: ResumeChanges, _ context: RunContext) {
    self.changes = changes
    self.context = context
  }

  /// The record of a run with the new locations.
  ///
  /// - Throws: ``InputError`` at the argument that names different data.
  package func relocated(_ info: RunInfo) async throws -> RunInfo {
    var info = info
    if changes.movesDataset { try await moveDataset(&info) }
    if changes.movesWeights { try moveWeights(&info) }
    if var files = info.files {
      for index in files.indices {
        guard let move = changes.moves.first(where: { $0.old.key == files[index].key }) else {
          continue
        }
        try compare(move, try Digest.hex(ofFile: move.new.path), files[index].sha256)
        files[index].path = move.new.path
      }
      info.files = files
    }
    return info
  }

  /// Writes the new locations to the directory of a run and of its parts.
  package func record(in run: RunDirectory) async throws {
    let moved = try await relocated(run.readInfo())
    for part in RunParts.all(of: run) {
      var info = try part.readInfo()
      (info.dataset, info.weights, info.files) = (moved.dataset, moved.weights, moved.files)
      let own = try ResumeChanges(part, arguments)
      try part.write(own.resolvedText, to: "resolved.yaml")
      try part.write(json: info, to: "run.json")
    }
    try run.write(changes.resolvedText, to: "resolved.yaml")
    try run.write(json: moved, to: "run.json")
  }

  /// Arguments that reproduce the moves, in a form that can be parsed again.
  private var arguments: [String] { changes.moves.map { "\($0.new.key)=\(quoted($0.new.path))" } }

  private func quoted(_ path: String) -> String {
    "'" + path.replacing("${", with: "$${").replacing("'", with: "''") + "'"
  }

  private func moveDataset(_ info: inout RunInfo) async throws {
    let environment = DataEnvironment(
      variables: context.environment, workingDirectory: PathResolution.workingDirectory)
    let place = changes.plan.experiment.data.dataset.origin.range
    let move = changes.moves.first { $0.old.key.hasPrefix("data.dataset.") }
    let found: AcquiredDataset
    do {
      let console = DownloadConsole(context.reporter)
      found = try await changes.plan.dataset.acquire(
        environment: environment, progress: console.show)
    } catch let error as DataError {
      throw InputError("\(error)", at: move?.new.range ?? place)
    }
    guard found.fingerprint == info.dataset.fingerprint else {
      let now = RunInfo.Dataset(found, requested: info.dataset.requested)
      let changed = zip(info.dataset.files, now.files).filter { $0.sha256 != $1.sha256 }
      throw InputError([
        Diagnostic(
          .error, "this data differs from the data that the run started with",
          at: move?.new.range ?? place,
          hint: "a new run can be trained on it",
          notes: changed.map {
            .note("the contents of \($1.path) differ from those of \($0.path)", at: nil)
          }
        )
      ])
    }
    let requested = info.dataset.requested
    info.dataset = RunInfo.Dataset(found, requested: requested)
  }

  private func moveWeights(_ info: inout RunInfo) throws {
    guard let move = changes.moves.first(where: { $0.old.key.hasPrefix("weights") }),
      var weights = info.weights
    else { return }
    try compare(move, try StateDictFile(reading: move.new.path).sha256(), weights.sha256)
    weights.path = move.new.path
    info.weights = weights
  }

  private func compare(_ move: ResumeChanges.Move, _ hash: String, _ recorded: String?) throws {
    if hash == recorded { return }
    throw InputError(
      "the contents of \(move.new.path) differ from those of the file that the run started with "
        + "(\(move.new.key))",
      at: move.new.range, hint: "a new run can use it")
  }
}
