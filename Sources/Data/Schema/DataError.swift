import Files
import Glibc

/// Why data cannot be used, in words for the person who asked for it.
package struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the caller may do about it.
  package enum Kind: Hashable, Sendable {
    /// A file is there and is wrong, or was asked for by name and is missing: the run must stop.
    case invalid
    /// The data are not available anywhere, through no fault of a file: another data set may replace them.
    case unavailable
  }

  /// The file or folder that this is about.
  package let path: String
  /// What is wrong with it, without the path, without a full stop.
  package let reason: String
  package let kind: Kind

  package init(path: String, reason: String, kind: Kind = .invalid) {
    self.path = path
    self.reason = reason
    self.kind = kind
  }

  /// The error that a system call left in `errno` as `code` while the program tried to `attempt`.
  package init(path: String, attempt: String, code: Int32, kind: Kind = .invalid) {
    self.init(
      path: path, reason: "cannot \(attempt): \(String(cString: strerror(code)))", kind: kind)
  }

  /// Runs `body`, saying what goes wrong with a file as an error of the data.
  package static func wrap<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(DataError) -> Value {
    do throws(FileError) {
      return try body()
    } catch {
      throw DataError(path: error.path, reason: error.reason)
    }
  }

  /// The same for a `body` that waits, and may throw other things.
  package static func wrapping<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as FileError {
      throw DataError(path: error.path, reason: error.reason)
    }
  }

  package var description: String { "\(path): \(reason)" }
}
