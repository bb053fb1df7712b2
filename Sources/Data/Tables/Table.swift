import DataSchema
import Files

/// Columns of a table in memory.
package struct Table: Sendable {
  /// The file.
  package let path: String
  package let rowCount: Int
  /// Those that were asked for, in the order of the file.
  package let columns: [TableColumn]
  private let places: [String: Int]
  private let lines: RowLines

  init(path: String, rowCount: Int, columns: [TableColumn], lines: RowLines) {
    self.path = path
    self.rowCount = rowCount
    self.columns = columns
    self.lines = lines
    places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.name, $0) })
  }

  /// The column of this name.
  ///
  /// - Throws: `DataError` if there is none.
  package func column(_ name: String) throws(DataError) -> TableColumn {
    guard let place = places[name] else {
      throw ColumnSearch.noColumn(name, among: columns.map(\.name), path: path)
    }
    return columns[place]
  }

  /// The line of the file on which a row begins, from 1.
  package func line(ofRow row: Int) -> Int { lines[row] }

  /// An error about the value of a column in a row.
  package func error(_ reason: String, row: Int, column: String) -> DataError {
    DataError(path: path, reason: "line \(line(ofRow: row)), column '\(column)': \(reason)")
  }

  /// SHA-256 of the names, types and values of all columns, in hexadecimal.
  package func fingerprint() -> String {
    var digest = RunningDigest()
    digest.add("table\n\(rowCount)\n".utf8)
    for column in columns { column.add(to: &digest) }
    return digest.hex
  }
}
