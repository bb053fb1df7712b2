import DataSchema

// Reading the values, once the columns are known.
extension Table {
  /// Reads columns of the file that an index describes.
  ///
  /// - Parameter names: the columns to be read; `nil`: all that a model can be given.
  /// - Throws: `DataError` for a name that does not exist or holds dates or nothing, and if the file has
  ///   changed since it was indexed.
  package init(
    reading index: TableIndex, columns names: [String]? = nil
  ) throws(DataError) {
    try self.init(reading: TextInput(path: index.path), index, columns: names)
  }

  /// Reads columns of the text that an index describes; throws the same errors.
  package init(
    reading input: TextInput, _ index: TableIndex, columns names: [String]? = nil
  ) throws(DataError) {
    let reader = try DelimitedReader(input, format: index.options.format)
    guard reader.names == index.columns.map(\.name) else { throw Self.changed(reader) }
    let builders = try Self.builders(index, names)
    let missing = index.options.missing
    var lines = RowLines()
    var rows = 0
    while try reader.next() {
      guard rows < index.rowCount else { throw Self.changed(reader) }
      rows += 1
      lines.append(reader.line)
      let row = reader.row
      for (place, builder) in builders {
        let bytes = row[place]
        guard builder.append(bytes, isMissing: missing.contains(bytes)) else {
          throw Self.changed(reader)
        }
      }
    }
    guard rows == index.rowCount else { throw Self.changed(reader) }
    self.init(
      path: reader.path, rowCount: rows,
      columns: builders.map { _, builder in
        TableColumn(
          name: builder.summary.name, type: builder.summary.type, values: builder.take())
      }, lines: lines)
  }

  /// Indexes a file and reads all columns that a model can be given.
  ///
  /// - Throws: `DataError` as ``TableIndex/init(reading:_:)`` does.
  package init(reading path: String, _ options: TableOptions = TableOptions()) throws(DataError) {
    try self.init(reading: TableIndex(reading: path, options))
  }

  private static func builders(
    _ index: TableIndex, _ names: [String]?
  ) throws(DataError) -> [(Int, ColumnBuilder)] {
    for name in names ?? [] { _ = try index.column(name) }
    let wanted = names.map(Set.init)
    let decimal = index.options.decimal ?? .point
    // An index may come from a file: what it claims is not believed beyond what it could have counted.
    let rows = min(max(0, index.rowCount), TableIndex.mostRows)
    var builders: [(Int, ColumnBuilder)] = []
    for (place, column) in index.columns.enumerated() {
      guard wanted?.contains(column.name) ?? column.type.isEncodable else { continue }
      guard let builder = ColumnBuilder.make(column, decimal, rows: rows) else {
        throw TableRoles.refusal(of: column, path: index.path)
      }
      builders.append((place, builder))
    }
    return builders
  }

  private static func changed(_ reader: DelimitedReader) -> DataError {
    DataError(
      path: reader.path,
      reason: "line \(reader.line): the file has changed since its columns were examined")
  }
}
