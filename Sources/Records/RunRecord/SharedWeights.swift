import ExperimentConfig
import Files
import Weights

/// The frozen tensors of the runs in a folder, stored once: `.weights/<SHA-256>.safetensors` beside the runs. The
/// files in the runs are further names of these files (hard links), so each run stays complete by itself: it can be
/// copied, moved and removed, and a file is only deleted with its last name.
package struct SharedWeights {
  package static let folder = ".weights"
  private static let suffix = ".safetensors"
  private let store: RootedDirectory

  /// - Parameter run: a run, a fold or a seed of one, or a trial of a sweep.
  package init(for run: RunDirectory) {
    var place = PathResolution.absolute(run.path)
    while let container = RunReference.container(of: RunDirectory(path: place)) {
      switch container {
      case .run(let path), .sweep(let path): place = path
      }
    }
    let parent = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? ""
    store = RootedDirectory(parent).directory(Self.folder)
  }

  private init(_ runsDirectory: String) {
    store = RootedDirectory(runsDirectory).directory(Self.folder)
  }

  /// Writes a file of a run, or gives it the stored file with the same contents. The file is then read-only,
  /// because other runs may have it, too. On a file system without hard links, the run has a file of its own.
  ///
  /// - Returns: the SHA-256 of the contents, in hexadecimal.
  package func write(
    _ pieces: [[UInt8]], to name: String, in run: RunDirectory
  ) throws(FileError) -> String {
    let hash = Digest.hex(of: pieces)
    try run.folder.remove(name)
    if shares(hash, as: name, in: run) { return hash }
    try run.write(pieces, to: name)
    do throws(FileError) {
      try run.folder.makeReadOnly(name)
      try store.remove(hash + Self.suffix)
      _ = try store.hardLink(name, of: run.folder, to: hash + Self.suffix)
    } catch {
      // The run has its file; that others cannot share it costs space only.
    }
    return hash
  }

  /// Gives the run the stored file with this hash.
  ///
  /// - Returns: `false` if there is none, if it is damaged, or if the file system has no hard links.
  private func shares(_ hash: String, as name: String, in run: RunDirectory) -> Bool {
    let stored = hash + Self.suffix
    do throws(FileError) {
      guard try Digest.hex(of: store.open(stored)) == hash else { return false }
      return try run.folder.hardLink(stored, of: store, to: name)
    } catch {
      // The run then writes a file of its own, which reports what is wrong with the disk, if anything is.
      return false
    }
  }

  /// Whether a file in the directory of a run is stored once for several runs.
  ///
  /// - Parameter links: how many names it has.
  package static func isShared(_ name: String, links: Int) -> Bool {
    name == FrozenTensors.fileName && links > 1
  }

  // MARK: Unused files

  /// A stored file that no run has.
  package struct Unused: Sendable {
    package let path: String
    package let bytes: Int
  }

  /// The stored files that no run in the folder has, sorted.
  ///
  /// - Parameter gone: directories whose files do not count, because they are about to be deleted.
  /// - Throws: ``FileError`` if the store cannot be listed.
  package static func unused(
    in runsDirectory: String, besides gone: [RootedDirectory] = []
  ) throws(FileError) -> [Unused] {
    guard RootedDirectory(runsDirectory).isFolder(folder) else { return [] }
    let store = SharedWeights(runsDirectory).store
    var ignored: [UInt64: Int] = [:]
    for directory in gone { ignored.merge(try directory.nameCounts()) { $0 + $1 } }
    var found: [Unused] = []
    for name in try store.names() {
      guard let links = try store.links(of: name), let bytes = try store.size(of: name),
        links.count - (ignored[links.file] ?? 0) == 1
      else { continue }
      found.append(Unused(path: store.file(name), bytes: bytes))
    }
    return found
  }

  /// Deletes a stored file unless a run has it.
  ///
  /// - Returns: whether it was deleted.
  package static func remove(_ name: String, in runsDirectory: String) throws(FileError) -> Bool {
    let store = SharedWeights(runsDirectory).store
    // A run that gets the file at this moment keeps it: only this name of it is removed.
    guard try store.links(of: name)?.count == 1 else { return false }
    try store.remove(name)
    return true
  }
}
