import Files
import RunRecord

/// A run directory as it is named to a worker.
struct RunLocation: Codable, Sendable {
  private let directory: String
  /// The directory that nothing leads out of: the run or sweep that `directory` is a part of.
  private let root: String

  init(_ run: RunDirectory) {
    directory = run.path
    root = run.folder.root
  }

  var run: RunDirectory { RunDirectory(RootedDirectory(directory, below: root)) }
}
