import Glibc

/// Reading a whole file, with a limit.
package enum FileReading {
  /// The bytes of a regular file.
  ///
  /// - Throws: ``FileError`` where it is missing, no regular file, unreadable or above `limit` bytes.
  package static func bytes(of path: String, limit: Int = 1 << 34) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "open it", code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, attempt: "look at it", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "is not a regular file")
    }
    let size = Int(status.st_size)
    guard size <= limit else {
      throw FileError(path: path, reason: "is larger than \(limit) bytes")
    }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      filled = 0
      while filled < size, let start = buffer.baseAddress {
        let count = read(descriptor, start + filled, size - filled)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { failure = errno }
        if count <= 0 { break }
        filled += count
      }
    }
    if failure != 0 { throw FileError(path: path, attempt: "read it", code: failure) }
    return bytes
  }
}
