import Files
import RunRecord

/// A run directory as passed to a worker.
struct RunLocation: Codable, Sendable {
  private let directory: String
  /// The directory that no access leaves: the run or sweep that contains `directory`.
  private let root: String

  init(_ run: RunDirectory) {
    directory = run.path
    root = run.folder.root
  }

  var run: RunDirectory { RunDirectory(RootedDirectory(directory, below: root)) }
}
