import Glibc

/// Lists the contents of folders.
package enum FolderListing {
  /// All names but `.` and `..`, including hidden ones, unsorted. Bytes that are not UTF-8 are replaced.
  ///
  /// - Returns: `nil` if there is no such folder.
  /// - Throws: ``FileError`` if it cannot be listed.
  package static func names(in folder: String) throws(FileError) -> [String]? {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return nil }
      throw FileError(path: folder, attempt: "list it", code: errno)
    }
    defer { closedir(stream) }
    return try names(of: stream, path: folder).map { name in
      name.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
    }
  }

  /// The names in an open folder, each with its zero byte.
  static func names(of stream: OpaquePointer, path: String) throws(FileError) -> [[CChar]] {
    var names: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno == 0 { return names }
        throw FileError(path: path, attempt: "list it", code: errno)
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { start in
          Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1))
        }
      }
      if name != [46, 0], name != [46, 46, 0] { names.append(name) }
    }
  }
}
