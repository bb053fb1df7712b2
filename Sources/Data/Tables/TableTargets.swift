import DataSchema

/// What is to be predicted of the rows of a table.
package struct TableTargets: Sendable {
  /// Which columns hold it, and how.
  package enum Definition: Hashable, Sendable {
    /// One class a row.
    case category(String)
    /// A number of each of these a row, each named like its column.
    case numbers([Quantity])
    /// A column for each label, with 0 or 1 or words for no and yes.
    case labelColumns([String])
    /// A column with the names of a row's labels and a separator between them. Whether a missing value
    /// means no label at all has to be said.
    case labelList(String, separator: String, missingIsNone: Bool)
  }

  /// A row that has no target.
  package struct Skipped: Hashable, Sendable {
    package let row: Int
    /// In the file, from 1.
    package let line: Int
    package let column: String

    package init(row: Int, line: Int, column: String) {
      self.row = row
      self.line = line
      self.column = column
    }
  }

  /// What is predicted, with the names of classes or labels. Names are sorted by their bytes, or as numbers if
  /// all are whole numbers.
  package let field: DataField
  /// The targets of ``rows``.
  package let targets: Targets
  /// The rows that have a target, in their order.
  package let rows: [Int]
  /// The others.
  package let skipped: [Skipped]

  /// - Parameter skipMissing: whether rows without a target are left out and listed; else they are an error.
  /// - Throws: `DataError` for a column that does not exist or holds something else, a missing target, and if
  ///   no row has one.
  package init(
    _ definition: Definition, of table: Table, skipMissing: Bool = false
  ) throws(DataError) {
    let found: TargetValues
    switch definition {
    case .category(let name): found = try TargetValues(category: name, table)
    case .numbers(let quantities): found = try TargetValues(numbers: quantities, table)
    case .labelColumns(let names): found = try TargetValues(labels: names, table)
    case .labelList(let name, let separator, let missingIsNone):
      found = try TargetValues(list: name, separator, missingIsNone: missingIsNone, table)
    }
    let width = found.width
    var rows: [Int] = []
    var values: [Float] = []
    var skipped: [Skipped] = []
    rows.reserveCapacity(table.rowCount)
    values.reserveCapacity(found.values.count)
    for row in 0..<table.rowCount {
      let targets = found.values[(row * width)..<((row + 1) * width)]
      if let gap = targets.firstIndex(where: \.isNaN) {
        let column = found.columns[min(gap - row * width, found.columns.count - 1)]
        guard skipMissing else {
          throw table.error(
            "the target is missing; skip such rows with `on_error: skip`", row: row, column: column)
        }
        skipped.append(Skipped(row: row, line: table.line(ofRow: row), column: column))
      } else {
        rows.append(row)
        values += targets
      }
    }
    guard !rows.isEmpty else {
      throw DataError(path: table.path, reason: "no row has a target: all are missing")
    }
    field = DataField(found.columns.count == 1 ? found.columns[0] : "targets", found.kind)
    targets = Targets(values, width: width)
    self.rows = rows
    self.skipped = skipped
  }
}
