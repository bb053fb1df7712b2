import Glibc

/// Why a file cannot be read or written, worded for users. Errors with equal paths and reasons are equal.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder that the error is about.
  package let path: String
  /// The problem, without the path and without a full stop.
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

  /// The error `code` of a system call that failed while the program tried to `attempt`.
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

  /// Rejects a path with a zero byte, at which the system would cut it.
  static func refuseZeroByte(in path: String) throws(FileError) {
    if path.utf8.contains(0) {
      throw FileError(path: path, reason: "a file name cannot contain a NUL byte")
    }
  }

  package var description: String { "\(path): \(reason)" }

  /// Text from a file in quotation marks, for a message.
  package static func quoted(_ text: String) -> String { "'\(printable(text))'" }

  /// Text from a file, shortened and without control characters.
  package static func printable(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(100) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned:
        shown.unicodeScalars.append("\u{FFFD}")
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return text.unicodeScalars.count > 100 ? shown + "…" : shown
  }
}
