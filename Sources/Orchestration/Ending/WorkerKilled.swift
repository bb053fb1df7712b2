import Diagnostics

/// A worker was killed from outside: neither the program nor its input is wrong. Ends the program with
/// ``ExitStatus/resumable``.
package struct WorkerKilled: Error, CustomStringConvertible {
  package let description: String
  /// How to go on.
  package let hint: String

  package init(_ description: String, hint: String) {
    self.description = description
    self.hint = hint
  }
}
