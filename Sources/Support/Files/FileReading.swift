/// Reads whole files, up to a limit.
package enum FileReading {
  /// The bytes of a regular file.
  ///
  /// - Throws: ``FileError`` if it is missing, not a regular file, unreadable or larger than `limit`
  ///   bytes.
  package static func bytes(of path: String, limit: Int = 1 << 34) throws(FileError) -> [UInt8] {
    try OpenedFile(path).contents(limit: limit)
  }
}
