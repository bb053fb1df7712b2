import Glibc

/// Why a file cannot be read or written, in words for the person who asked for it. Two errors are equal
/// if they say the same.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder that this is about.
  package let path: String
  /// What is wrong, without the path, without a full stop.
  package let reason: String
  /// The error number of the system call that failed; `nil` if the file's contents are wrong.
  package let code: Int32?

  package init(path: String, reason: String) {
    self.init(path: path, reason: reason, code: nil)
  }

  private init(path: String, reason: String, code: Int32?) {
    self.path = path
    self.reason = reason
    self.code = code
  }

  /// The error that a system call left in `errno` as `code` while the program tried to `attempt`.
  package init(path: String, attempt: String, code: Int32) {
    self.init(
      path: path, reason: "cannot \(attempt): \(String(cString: strerror(code)))", code: code)
  }

  package static func == (one: FileError, other: FileError) -> Bool {
    one.path == other.path && one.reason == other.reason
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(reason)
  }

  /// Refuses a path that the system would cut at its zero byte and so take for another one.
  static func refuseZeroByte(in path: String) throws(FileError) {
    if path.utf8.contains(0) {
      throw FileError(path: path, reason: "the name of a file cannot hold a zero byte")
    }
  }

  package var description: String { "\(path): \(reason)" }
}
