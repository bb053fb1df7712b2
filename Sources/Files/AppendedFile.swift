import Glibc

/// A file that only grows, line by line. Each line is given to the system in one call, so that a
/// reader sees whole lines and writers do not mix theirs; only a disk that fills up can cut one.
package final class AppendedFile {
  package let path: String
  private let descriptor: Int32

  /// Creates the file.
  ///
  /// - Throws: ``FileError``, also where it is there already.
  package init(creating path: String) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw FileError(path: path, attempt: "create it", code: errno) }
  }

  /// Opens the file to go on with it; creates it where it is missing.
  ///
  /// - Parameter length: what is behind this many bytes is cut off first; all is kept if left out.
  /// - Throws: ``FileError``, also where the file is shorter than that.
  package init(continuing path: String, at length: Int? = nil) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    self.path = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw FileError(path: path, attempt: "open it", code: errno) }
    self.descriptor = descriptor
    guard let length else { return }
    let end = Int(lseek(descriptor, 0, SEEK_END))
    if end < length {
      throw FileError(path: path, reason: "has \(end) bytes, there were \(length)")
    }
    if end > length, ftruncate(descriptor, off_t(length)) != 0 {
      throw FileError(path: path, attempt: "shorten it", code: errno)
    }
  }

  /// Bytes in the file.
  package var length: Int { Int(lseek(descriptor, 0, SEEK_END)) }

  /// Appends bytes as they are.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    try AtomicFile.append(bytes, to: descriptor, path: path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends a line and its line break.
  package func append(line: some Sequence<UInt8>) throws(FileError) {
    try AtomicFile.append(Array(line) + [UInt8(ascii: "\n")], to: descriptor, path: path)
  }

  /// Waits until everything appended is on the disk.
  package func synchronize() throws(FileError) {
    if fsync(descriptor) != 0 {
      throw FileError(path: path, attempt: "write it to the disk", code: errno)
    }
  }
}

@available(*, unavailable)
extension AppendedFile: Sendable {}
