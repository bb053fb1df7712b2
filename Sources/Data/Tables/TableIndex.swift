import DataSchema
import Diagnostics

/// What a table holds: its columns with their types, found by reading all of it once.
///
/// Memory does not depend on the number of rows.
package struct TableIndex: Hashable, Sendable, Codable {
  /// The file.
  package let path: String
  /// How the values were understood, with what was recognised filled in: delimiter and decimal mark.
  package let options: TableOptions
  package let rowCount: Int
  /// In the order of the file.
  package let columns: [ColumnSummary]

  /// The most rows that can be read.
  static let mostRows = 1 << 30

  /// Reads a file.
  ///
  /// - Throws: `DataError` with the line of what cannot be read, for a table without rows, for a value that is
  ///   not of its column's declared type, and for a declared column that does not exist.
  package init(
    reading path: String, _ options: TableOptions = TableOptions()
  ) throws(DataError) {
    try self.init(reading: TextInput(path: path), options)
  }

  /// Reads a text; throws the same errors.
  package init(
    reading input: TextInput, _ options: TableOptions = TableOptions()
  ) throws(DataError) {
    let reader = try DelimitedReader(input, format: options.format)
    var resolved = options
    resolved.format.delimiter = reader.delimiter
    path = reader.path
    for name in options.types.keys.sorted() where !reader.names.contains(name) {
      throw ColumnSearch.noColumn(name, among: reader.names, path: path)
    }
    var scans = reader.names.map {
      ColumnScan(declared: options.types[$0], mostCategories: options.mostCategories)
    }
    let missing = options.missing
    var rows = 0
    while try reader.next() {
      guard rows < Self.mostRows else {
        throw DataError(
          path: path, reason: "has more than the limit of \(Self.mostRows) rows")
      }
      rows += 1
      let (row, line) = (reader.row, reader.line)
      for index in scans.indices {
        let bytes = row[index]
        scans[index].add(bytes, isMissing: missing.contains(bytes), line: line)
      }
    }
    guard rows > 0 else {
      throw DataError(path: path, reason: "has no rows below its column names")
    }
    rowCount = rows
    let decimal: TableOptions.DecimalMark
    if let given = options.decimal {
      decimal = given
    } else {
      decimal = try Self.decimal(of: scans, reader.names, path: path)
    }
    resolved.decimal = decimal
    self.options = resolved
    var columns: [ColumnSummary] = []
    for (name, scan) in zip(reader.names, scans) {
      columns.append(
        try ColumnInference(name: name, scan: scan, decimal: decimal, path: path).summary())
    }
    self.columns = columns
  }

  /// The decimal mark that explains the columns of numbers: a comma if one of them has commas that cannot be
  /// separators between thousands.
  private static func decimal(
    of scans: [ColumnScan], _ names: [String], path: String
  ) throws(DataError) -> TableOptions.DecimalMark {
    func first(_ isMeant: (ColumnScan) -> Bool) -> Int? {
      scans.firstIndex {
        $0.areNumbers && ($0.declared == nil || $0.declared == .number) && isMeant($0)
      }
    }
    guard let comma = first({ $0.isCommaDecimal && $0.point == nil }) else { return .point }
    if let point = first({ $0.point != nil && $0.comma == nil }),
      let one = scans[comma].comma, let other = scans[point].point
    {
      throw DataError(
        path: path,
        reason:
          "line \(one.line), column '\(names[comma])': '\(one.value)' has a decimal comma, but "
          + "'\(other.value)' in column '\(names[point])' on line \(other.line) a point; set `decimal` to "
          + "one of them, or declare a column as a category")
    }
    return .comma
  }

  /// The column of this name.
  ///
  /// - Throws: `DataError` if there is none.
  package func column(_ name: String) throws(DataError) -> ColumnSummary {
    guard let column = columns.first(where: { $0.name == name }) else {
      throw ColumnSearch.noColumn(name, among: columns.map(\.name), path: path)
    }
    return column
  }

  /// Memory for the values of these columns, in bytes.
  package func memory(of names: some Sequence<String>) -> Int {
    let names = Set(names)
    return columns.reduce(0) { $0 + (names.contains($1.name) ? $1.memory : 0) }
  }
}

/// Words about columns that do not exist.
enum ColumnSearch {
  static func noColumn(_ name: String, among names: [String], path: String) -> DataError {
    // A name of one letter is near every other.
    let hint = name.count > 1 ? Suggestion.hint(for: name, among: names) : nil
    let shown = names.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
    let all = names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    return DataError(
      path: path, reason: "has no column '\(name)'; " + (hint ?? "its columns are \(all)"))
  }
}
