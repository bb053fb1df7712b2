import Files

/// The log of a trial's or fold's process.
package enum ProcessLog {
  /// Opens the log of a process for appending.
  ///
  /// - Parameter root: the sweep or run; the path may not lead outside it.
  static func open(_ path: String, below root: String) throws(FileError) -> AppendedFile {
    let (folder, name) = place(path, below: root)
    return try AppendedFile(continuing: name, in: folder)
  }

  private static func place(_ path: String, below root: String) -> (RootedDirectory, String) {
    guard let slash = path.lastIndex(of: "/") else { return (RootedDirectory("."), path) }
    return (
      RootedDirectory(String(path[..<slash]), below: root),
      String(path[path.index(after: slash)...])
    )
  }

  /// The last line that contains an error; `nil` if there is none, or no log.
  ///
  /// - Parameter root: as in ``open(_:below:)``.
  package static func lastError(_ path: String, below root: String) -> String? {
    let (folder, name) = place(path, below: root)
    guard let bytes = try? folder.bytes(of: name, limit: 1 << 24) else { return nil }
    return String(decoding: bytes.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
      .last { $0.contains("error: ") }.map(String.init)
  }
}
