import DataSchema
import Downloads

/// Where data may lie on this machine, taken from environment variables that are passed in.
package struct DataEnvironment: Sendable {
  /// All variables; programs that are started see these.
  package let variables: [String: String]
  /// What relative paths in variables start from.
  package let workingDirectory: String
  /// What the data of an earlier run held, by its records: those files need not be on this machine any more.
  package let recorded: DataSchema?
  /// Gets how far a step has come that reads many files.
  let progress: Progress
  /// Indexes that this process has read.
  let indexes = IndexMemory<String, ImageIndex>()
  /// Tables that this process has read.
  let tables = IndexMemory<TableKey, any SplitContents>()
  /// Arrays that this process has looked into.
  let arrays = IndexMemory<ArrayContents.Key, ArrayContents>()
  /// Images with masks that this process has looked into.
  let masks = IndexMemory<String, MaskContents>()
  /// Images with boxes that this process has looked into.
  let boxes = IndexMemory<String, BoxContents>()

  /// Gets the name of a step, how many files are done, and of how many; called from any thread.
  package typealias Progress = @Sendable (_ step: String, _ done: Int, _ total: Int) -> Void

  package init(
    variables: [String: String], workingDirectory: String, recorded: DataSchema? = nil,
    progress: @escaping Progress = { _, _, _ in }
  ) {
    self.variables = variables
    self.workingDirectory = workingDirectory
    self.recorded = recorded
    self.progress = progress
  }

  /// A machine without any variables.
  package static var empty: DataEnvironment {
    DataEnvironment(variables: [:], workingDirectory: "/")
  }

  /// `$RUNNER_DATA`: a folder with the user's own copies, or `nil`.
  package var dataFolder: String? { folders.path("RUNNER_DATA") }

  /// What `$RUNNER_DATA` names, where that is not a folder.
  package var missingDataFolder: String? {
    dataFolder.flatMap { FileSearch.isFolder($0) ? nil : $0 }
  }

  /// Where downloads and drawn data are kept; see ``LocalFolders/cache``.
  package var cacheFolder: String? { folders.cache }

  /// The base URLs in `$RUNNER_MNIST_MIRRORS`, separated by spaces, or `nil` if it is not set.
  ///
  /// Throws where one of them is not an `http` or `https` URL.
  package func mnistMirrors() throws(DataError) -> [String]? {
    guard let list = folders.value("RUNNER_MNIST_MIRRORS") else { return nil }
    let mirrors = list.split(whereSeparator: \.isWhitespace).map(String.init)
    for mirror in mirrors where !mirror.hasPrefix("https://") && !mirror.hasPrefix("http://") {
      throw DataError(
        path: "RUNNER_MNIST_MIRRORS", reason: "'\(mirror)' does not begin with https:// or http://")
    }
    return mirrors.isEmpty ? nil : mirrors
  }

  private var folders: LocalFolders {
    LocalFolders(variables: variables, workingDirectory: workingDirectory)
  }

  /// `path` from the root, so that a process that works elsewhere finds it too.
  func absolute(_ path: String) -> String { folders.absolute(path) }
}
