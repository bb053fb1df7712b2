import Files
import Glibc

/// An incomplete download. It is kept when a transfer ends early, so that the next one resumes it.
final class PartialFile {
  let path: String
  /// The file's length in bytes.
  private(set) var size: Int
  private let descriptor: Int32

  /// Opens `path`, or creates it.
  init(path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw FileError(path: path, attempt: "open it for writing", code: errno)
    }
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else {
      let code = errno
      close(descriptor)
      throw FileError(path: path, attempt: "seek to its end", code: code)
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(end)
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws(FileError) {
    try AtomicFile.append(bytes, to: descriptor, path: path)
    size += bytes.count
  }

  /// Discards all contents.
  func clear() throws(FileError) {
    guard ftruncate(descriptor, 0) == 0 else {
      throw FileError(path: path, attempt: "truncate it", code: errno)
    }
    size = 0
  }

  /// Removes the file if it is empty.
  func removeIfEmpty() {
    if size == 0 { unlink(path) }
  }

  /// Renames the complete file to `destination` in the same folder.
  func publish(as destination: String) throws(FileError) {
    guard fsync(descriptor) == 0 else {
      throw FileError(path: path, attempt: "write it to disk", code: errno)
    }
    try AtomicFile.rename(path, to: destination)
  }
}
