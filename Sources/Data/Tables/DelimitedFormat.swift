/// How a file of delimited text is to be read.
package struct DelimitedFormat: Hashable, Sendable, Codable {
  /// Between fields; `nil`: whichever of tab, semicolon, `|` and comma explains the first lines best.
  package var delimiter: Delimiter?
  /// The columns of a file without a header; `nil`: the first line names them.
  package var names: [String]?
  /// The longest row, in bytes. Memory for reading stays within three times this and 2 MiB.
  package var rowLimit: Int

  /// The most columns that a file may have.
  static let mostColumns = 1 << 17

  /// - Precondition: `rowLimit` is positive.
  package init(delimiter: Delimiter? = nil, names: [String]? = nil, rowLimit: Int = 1 << 24) {
    precondition(rowLimit > 0)
    self.delimiter = delimiter
    self.names = names
    self.rowLimit = rowLimit
  }
}
