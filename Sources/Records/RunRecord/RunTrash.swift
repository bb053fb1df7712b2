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
}
