import Files
import Glibc

/// A download that is not complete yet. It stays where it is when a transfer ends early, so that the
/// next one goes on from there.
final class PartialFile {
  let path: String
  /// Bytes that are in the file.
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
      throw FileError(path: path, attempt: "find its end", code: code)
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

  /// Throws everything away.
  func clear() throws(FileError) {
    guard ftruncate(descriptor, 0) == 0 else {
      throw FileError(path: path, attempt: "empty it", code: errno)
    }
    size = 0
  }

  /// Removes the file where nothing is in it.
  func removeIfEmpty() {
    if size == 0 { unlink(path) }
  }

  /// Makes the file, now complete, the one at `destination` in the same folder.
  func publish(as destination: String) throws(FileError) {
    guard fsync(descriptor) == 0 else {
      throw FileError(path: path, attempt: "write it to the disk", code: errno)
    }
    try AtomicFile.rename(path, to: destination)
  }
}
