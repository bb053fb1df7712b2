import Diagnostics

/// A worker was killed from outside, so neither the program nor its input is at fault. Ends the
/// program with ``ExitStatus/resumable``.
package struct WorkerKilled: Error, CustomStringConvertible {
  package let description: String
  /// How to resume.
  package let hint: String

  package init(_ description: String, hint: String) {
    self.description = description
    self.hint = hint
  }
}
