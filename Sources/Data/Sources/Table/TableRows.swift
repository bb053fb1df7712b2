import DataSchema
import Tables

/// What decides about the contents of a table.
struct TableKey: Hashable, Sendable {
  let path: String
  let stamp: FileStamp?
  let reading: TableReading
}

/// Some rows of a table, whose other columns can be asked for.
struct TableRows: Sendable {
  let index: TableIndex
  /// In the order of the examples.
  let rows: [Int]

  /// The values of a column as they are written, example by example.
  ///
  /// - Throws: ``DataError`` if there is no such column.
  func column(_ name: String) throws(DataError) -> [String] {
    let column = try RowTexts.column(name, of: index)
    return rows.map { column[$0] }
  }
}
