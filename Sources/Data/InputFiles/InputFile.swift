import DataSchema
import Glibc

/// A regular file opened for reading; closed when the last reference goes.
package final class InputFile {
  package let path: String
  /// Bytes the file held when it was opened.
  package let size: Int
  private let descriptor: Int32

  /// Opens `path`. Devices, pipes and folders are refused, since their size is no bound on what they
  /// give, and opening does not wait for a pipe's writer.
  package init(path: String) throws(DataError) {
    guard !path.utf8.contains(0) else {
      throw DataError(path: path, reason: "the name of a file cannot contain a NUL byte")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw DataError(path: path, attempt: "open it", code: errno)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw DataError(path: path, attempt: "read its size", code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw DataError(
        path: path,
        reason: isFolder ? "expected a file, found a folder" : "expected a regular file")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the next bytes and returns how many there were: fewer than asked only at
  /// the end of the file.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < buffer.count {
      let got = Glibc.read(descriptor, base + filled, buffer.count - filled)
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw DataError(path: path, attempt: "read it", code: errno)
      }
      filled += got
    }
    return filled
  }

  /// The first bytes, at most `count`, without moving the place where `read` resumes.
  package func firstBytes(_ count: Int) throws(DataError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      let got = pread(descriptor, &bytes, count, 0)
      if got >= 0 { return Array(bytes.prefix(got)) }
      if errno != EINTR { throw DataError(path: path, attempt: "read it", code: errno) }
    }
  }
}

@available(*, unavailable)
extension InputFile: Sendable {}
