import DataSchema
import Files
import Tables

/// What the rows of a table are, by their text.
struct RowTexts: Sendable {
  /// SHA-256 of each row's values, 32 bytes each. They depend neither on the order of the rows nor on that of
  /// the columns.
  let hashes: [UInt8]
  /// The values of one column; empty if none was asked for.
  let column: [String]

  /// - Parameter name: the column whose values are wanted.
  /// - Throws: `DataError` if the file has changed since it was indexed.
  init(_ index: TableIndex, column name: String?) throws(DataError) {
    let reader = try Self.reader(index)
    let order = reader.names.indices.sorted {
      reader.names[$0].utf8.lexicographicallyPrecedes(reader.names[$1].utf8)
    }
    let place = name.flatMap { reader.names.firstIndex(of: $0) }
    var hashes: [UInt8] = []
    hashes.reserveCapacity(32 * index.rowCount)
    var column: [String] = []
    var bytes: [UInt8] = []
    var rows = 0
    while try reader.next() {
      rows += 1
      guard rows <= index.rowCount else { throw Self.changed(index) }
      bytes.removeAll(keepingCapacity: true)
      let row = reader.row
      for index in order {
        let value = row[index]
        withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: value)
      }
      hashes.append(contentsOf: Digest.bytes(of: bytes))
      if let place { column.append(reader.text(place)) }
    }
    guard rows == index.rowCount else { throw Self.changed(index) }
    self.hashes = hashes
    self.column = column
  }

  /// The values of a column as they are written.
  ///
  /// - Throws: `DataError` if there is no such column, or the file has changed since it was indexed.
  static func column(_ name: String, of index: TableIndex) throws(DataError) -> [String] {
    _ = try index.column(name)
    let reader = try reader(index)
    guard let place = reader.names.firstIndex(of: name) else { throw changed(index) }
    var values: [String] = []
    values.reserveCapacity(index.rowCount)
    while try reader.next() {
      guard values.count < index.rowCount else { throw changed(index) }
      values.append(reader.text(place))
    }
    guard values.count == index.rowCount else { throw changed(index) }
    return values
  }

  private static func reader(_ index: TableIndex) throws(DataError) -> DelimitedReader {
    let reader = try DelimitedReader(path: index.path, format: index.options.format)
    guard reader.names == index.columns.map(\.name) else { throw changed(index) }
    return reader
  }

  private static func changed(_ index: TableIndex) -> DataError {
    DataError(path: index.path, reason: "the file has changed since its columns were examined")
  }

  /// The hash of a row.
  func hash(_ row: Int) -> ArraySlice<UInt8> { hashes[(32 * row)..<(32 * row + 32)] }
}
