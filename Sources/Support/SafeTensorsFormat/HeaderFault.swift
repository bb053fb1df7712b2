/// An error about a header; the caller adds the file's path.
package struct HeaderFault: Error {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}
