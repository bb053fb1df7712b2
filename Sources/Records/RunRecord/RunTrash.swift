import ExperimentConfig
import Files
import Glibc

/// The trash for removed runs and sweeps: `.trash/` beside them, which no listing shows.
package enum RunTrash {
  package static let folder = ".trash"

  /// Moves a directory into the trash of its parent folder.
  ///
  /// - Returns: its new path.
  /// - Throws: ``FileError``.
  package static func move(_ path: String) throws(FileError) -> String {
    if path.hasSuffix(".") {
      let whole = PathResolution.absolute(path)
      if whole != path { return try move(whole) }
    }
    let slash = path.lastIndex(of: "/")
    let parent = slash.map { String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let trash = (slash == nil ? "" : parent + "/") + folder
    try AtomicFile.createFolder(trash)
    for attempt in 1...1000 {
      let target = "\(trash)/\(name)" + (attempt == 1 ? "" : "~\(attempt)")
      var status = stat()
      if lstat(target, &status) == 0 { continue }
      guard rename(path, target) == 0 else {
        throw FileError(path: path, attempt: "move it to \(trash)", code: errno)
      }
      // The lock belonged to the program that moved it, which no longer holds it.
      unlink("\(target)/.lock")
      return target
    }
    throw FileError(path: trash, reason: "contains too many directories named '\(name)'")
  }

  /// The names in the trash of a runs directory, sorted; empty if it has none.
  ///
  /// - Throws: ``FileError`` if it cannot be listed.
  package static func names(in runsDirectory: String) throws(FileError) -> [String] {
    try FolderListing.names(in: "\(runsDirectory)/\(folder)")?.sorted() ?? []
  }

  /// Moves a directory back from the trash of a runs directory.
  ///
  /// - Parameter name: in the trash, where a second directory of a name is `name~2`.
  /// - Returns: its new path.
  /// - Throws: ``FileError``, also if there is a directory of its name again.
  package static func restore(
    _ name: String, in runsDirectory: String
  ) throws(FileError) -> String {
    let source = "\(runsDirectory)/\(folder)/\(name)"
    var own = name[...]
    if let mark = name.lastIndex(of: "~"), Int(name[name.index(after: mark)...]) != nil {
      own = name[..<mark]
    }
    let target = "\(runsDirectory)/\(own)"
    var status = stat()
    guard lstat(target, &status) != 0 else {
      throw FileError(path: target, reason: "already exists, so '\(name)' stays in the trash")
    }
    guard rename(source, target) == 0 else {
      throw FileError(path: source, attempt: "move it to \(target)", code: errno)
    }
    return target
  }
}
