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

  deinit { close(descriptor) }

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
