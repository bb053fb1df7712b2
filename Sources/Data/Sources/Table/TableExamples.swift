import DataSchema
import Tables

/// The examples that a table describes, whatever their inputs are.
protocol TableExamples: Sendable {
  var schema: DataSchema { get }

  /// Rows that are left out and cannot be read.
  var omissions: DatasetOmissions { get }

  /// SHA-256 of everything that the examples of a split hold.
  func fingerprint(_ split: DataSplit) -> String

  /// The examples of a split.
  ///
  /// - Throws: ``DataError`` if its files cannot be opened.
  func source(_ split: DataSplit) throws(DataError) -> any ExampleSource
}

extension TableExamples {
  var omissions: DatasetOmissions { DatasetOmissions() }
}

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
