import Glibc

/// A regular file, open for reading.
package final class OpenedFile {
  package let path: String
  /// How many bytes it held when it was opened; nothing behind them is read.
  package let size: Int
  private let descriptor: Int32

  /// - Throws: ``FileError`` where it is missing, unreadable or no regular file.
  package init(_ path: String) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    // Opening a pipe would else wait for someone to write into it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "open it", code: errno) }
    do throws(FileError) {
      size = try Self.size(of: descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func size(of descriptor: Int32, _ path: String) throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, attempt: "look at it", code: errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw FileError(path: path, reason: "is a folder, a file is wanted")
    default: throw FileError(path: path, reason: "is not a regular file")
    }
  }

  /// The bytes at `range`, which must lie within ``size``.
  ///
  /// - Throws: ``FileError``, also where the file has been cut since it was opened.
  package func bytes(at range: Range<Int>) throws(FileError) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= size)
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      filled = 0
      while filled < range.count, let start = buffer.baseAddress {
        let count = pread(
          descriptor, start + filled, range.count - filled, range.lowerBound + filled)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { failure = FileError(path: path, attempt: "read it", code: errno) }
        if count == 0 {
          failure = FileError(path: path, reason: "became shorter while it was read")
        }
        if count <= 0 { break }
        filled += count
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

@available(*, unavailable)
extension OpenedFile: Sendable {}
