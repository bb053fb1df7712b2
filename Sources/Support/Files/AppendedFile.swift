import Glibc

/// A file that is only appended to, line by line. Each line is written in one system call, so readers see
/// whole lines and the lines of several writers do not mix; only a full disk can cut one short.
package final class AppendedFile {
  package let path: String
  /// For child processes that write into the file too; closed with this object.
  package let descriptor: Int32

  /// Creates a file.
  ///
  /// - Throws: ``FileError``, also if the file already exists.
  package init(creating name: String, in directory: RootedDirectory) throws(FileError) {
    path = directory.file(name)
    let (folder, last) = try directory.parent(of: name, "create it")
    descriptor = try folder.open(last, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, "create it")
      .descriptor
  }

  /// Opens a file for appending, creating it if it is missing. A file with further hard links is replaced by
  /// a copy first, so that the contents under the other names do not change.
  ///
  /// - Parameter length: truncates the file to this many bytes; `nil` keeps everything.
  /// - Throws: ``FileError``, also if the file is shorter than `length`; it is never padded.
  package init(
    continuing name: String, in directory: RootedDirectory, at length: Int? = nil
  ) throws(FileError) {
    let path = directory.file(name)
    let (folder, last) = try directory.parent(of: name, "open it")
    let flags = O_WRONLY | O_CREAT | O_APPEND
    let opened = try folder.open(last, flags, "open it")
    var descriptor = opened.descriptor
    do throws(FileError) {
      let end = Int(opened.status.st_size)
      if let length, end < length {
        throw FileError(
          path: path, reason: "has \(end) bytes, fewer than the \(length) that were written")
      }
      if opened.status.st_nlink > 1 {
        let contents = try directory.open(name).bytes(at: 0..<(length ?? end))
        try folder.write([contents], to: last, path: path)
        close(descriptor)
        descriptor = -1
        descriptor = try folder.open(last, flags, "open it").descriptor
      } else if let length, end > length, ftruncate(descriptor, off_t(length)) != 0 {
        throw FileError(path: path, attempt: "truncate it", code: errno)
      }
    } catch {
      if descriptor >= 0 { close(descriptor) }
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  /// The file's length in bytes.
  package var length: Int { Int(lseek(descriptor, 0, SEEK_END)) }

  /// Appends bytes without a line break.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    try AtomicFile.append(bytes, to: descriptor, path: path)
  }

  deinit { close(descriptor) }

  /// Appends a line and a line break.
  package func append(line: some Sequence<UInt8>) throws(FileError) {
    try AtomicFile.append(Array(line) + [UInt8(ascii: "\n")], to: descriptor, path: path)
  }

  /// Waits until everything appended is on disk.
  package func synchronize() throws(FileError) {
    if fsync(descriptor) != 0 {
      throw FileError(path: path, attempt: "write it to disk", code: errno)
    }
  }
}

@available(*, unavailable)
extension AppendedFile: Sendable {}
