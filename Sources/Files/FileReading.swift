/// Reading a whole file, with a limit.
package enum FileReading {
  /// The bytes of a regular file.
  ///
  /// - Throws: ``FileError`` where it is missing, no regular file, unreadable or above `limit` bytes.
  package static func bytes(of path: String, limit: Int = 1 << 34) throws(FileError) -> [UInt8] {
    let file = try OpenedFile(path)
    guard file.size <= limit else {
      throw FileError(path: path, reason: "is larger than \(limit) bytes")
    }
    return try file.bytes(at: 0..<file.size)
  }
}
