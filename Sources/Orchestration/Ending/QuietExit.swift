/// Ends the program with an exit status and without further output.
package struct QuietExit: Error {
  /// One of ``ExitStatus``.
  package let status: Int32

  package init(_ status: Int32) { self.status = status }
}
