import DataSchema
import Tables

extension TableIndex {
  /// Checks that every missing value of the features has a replacement.
  ///
  /// - Throws: `DataError` that names the columns, the first line and what to do.
  func checkMissing(_ features: [String], _ encoding: EncodingOptions) throws(DataError) {
    let columns = columns.filter { column in
      guard column.missing > 0, features.contains(column.name) else { return false }
      return column.type == .category
        ? encoding.categories == .error : encoding.numbers == .error
    }
    guard let first = columns.first else { return }
    let isCategory = first.type == .category
    let count = first.missing == 1 ? "1 missing value" : "\(first.missing) missing values"
    let others = columns.dropFirst().prefix(8).map { "'\($0.name)' \($0.missing)" }
    throw DataError(
      path: path,
      reason:
        "column '\(first.name)' has \(count), the first on line \(first.firstMissingLine ?? 0)"
        + (others.isEmpty ? "" : " (and \(others.joined(separator: ", ")))")
        + "; set what replaces them, such as impute: "
        + (isCategory ? "{categories: own} (or mode)" : "{numbers: mean} (or median, mode)")
        + ", or leave the column out with 'ignore'")
  }

  /// Notes about features that look like identifiers: every row has another value.
  func identifiers(among features: [String]) -> [String] {
    let features = Set(features)
    return columns.filter { features.contains($0.name) && isIdentifier($0) }.map {
      "column '\($0.name)' has a different value in every row; if it identifies the rows, leave it "
        + "out with 'ignore'"
    }
  }

  /// Whether a column has another value in every row, or numbers the rows.
  package func isIdentifier(_ column: ColumnSummary) -> Bool {
    guard rowCount > 2, column.missing == 0 else { return false }
    switch column.type {
    case .category: return column.distinct == rowCount
    case .number:
      // Rows that are numbered: with distinct values, the range tells.
      guard let range = column.range, column.distinct == nil || column.distinct == rowCount else {
        return false
      }
      return (range.minimum == 0 || range.minimum == 1)
        && range.maximum - range.minimum == Double(rowCount - 1)
        && 2 * range.mean == range.minimum + range.maximum
    case .boolean, .date, .missing, .text: return false
    }
  }
}
