/// Ends the program with a status. What there is to say has been said.
package struct QuietExit: Error {
  /// One of ``ExitStatus``.
  package let status: Int32

  package init(_ status: Int32) { self.status = status }
}
