import DataSchema

/// Turns columns of a table into vectors of one width, which the whole table decides: one number for each
/// number and boolean, one for each category of a category.
///
/// What is estimated (means, deviations, replacements for missing values) is fitted on some rows: see
/// ``fit(_:rows:)``.
package struct TableEncoder: Hashable, Sendable {
  /// One column.
  struct Column: Hashable, Sendable {
    let name: String
    let type: ColumnType
    let number: EncodingOptions.NumberImputation
    let category: EncodingOptions.CategoryImputation
    let standardize: Bool
    /// The outputs of a category, the words of a boolean; empty for numbers.
    let categories: [String]

    var isCategory: Bool { type == .category }
  }

  let columns: [Column]
  let path: String

  /// - Parameter features: the columns, in the order of the outputs.
  /// - Throws: `DataError` for a column that does not exist or cannot be a feature, for missing values that are
  ///   to be errors, and for an option about a column that is no feature.
  package init(
    _ index: TableIndex, features: [String], _ options: EncodingOptions = EncodingOptions()
  ) throws(DataError) {
    path = index.path
    let named =
      Set(options.numbersByColumn.keys).union(options.categoriesByColumn.keys)
      .union(options.standardizeByColumn.keys)
    for name in named.sorted() where !features.contains(name) {
      _ = try index.column(name)
      throw DataError(
        path: index.path, reason: "column '\(name)' has encoding options, but is not a feature")
    }
    var columns: [Column] = []
    for name in features {
      let summary = try index.column(name)
      guard summary.type.isEncodable else {
        throw TableRoles.refusal(of: summary, path: index.path)
      }
      let column = Self.column(summary, options)
      let isError = column.isCategory ? column.category == .error : column.number == .error
      if isError, let line = summary.firstMissingLine {
        let ways = column.isCategory ? "mode, own_category" : "mean, median, mode, constant"
        let plural = summary.missing == 1 ? "1 missing value" : "\(summary.missing) missing values"
        throw DataError(
          path: index.path,
          reason:
            "column '\(name)' has \(plural), the first on line \(line); set what replaces them "
            + "(\(ways)) or leave the column out")
      }
      columns.append(column)
    }
    self.columns = columns
  }

  private static func column(_ summary: ColumnSummary, _ options: EncodingOptions) -> Column {
    let category = options.categoriesByColumn[summary.name] ?? options.categories
    var categories = summary.categories ?? []
    let own = EncodingOptions.ownCategory
    if summary.type == .category, category == .ownCategory, summary.missing > 0,
      !categories.contains(own)
    {
      categories.append(own)
      categories.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    return Column(
      name: summary.name, type: summary.type,
      number: options.numbersByColumn[summary.name] ?? options.numbers, category: category,
      standardize: options.standardizeByColumn[summary.name] ?? options.standardize,
      categories: categories)
  }

  /// Numbers in each vector.
  package var width: Int { columns.reduce(0) { $0 + ($1.isCategory ? $1.categories.count : 1) } }

  /// The columns, in the order of the outputs.
  package var features: [String] { columns.map(\.name) }

  /// What each number of a vector is: `bill_length_mm`, `island=Biscoe`.
  package var names: [String] {
    columns.flatMap { column in
      column.isCategory ? column.categories.map { "\(column.name)=\($0)" } : [column.name]
    }
  }

  /// Estimates everything from these rows of a table, which are the training examples.
  ///
  /// - Parameter rows: at least one.
  /// - Throws: `DataError` if the table lacks a column, and for a column without any value in these rows that
  ///   a replacement for missing ones could be estimated from.
  package func fit(_ table: Table, rows: some Collection<Int>) throws(DataError) -> FittedEncoder {
    precondition(!rows.isEmpty)
    var fitted: [FittedColumn] = []
    for column in columns {
      let found = try table.column(column.name)
      switch found.values {
      case .numbers(let values) where column.type == .number:
        let present = rows.lazy.map { values[$0] }.filter { !$0.isNaN }
        fitted.append(try fit(column, Array(present), count: rows.count))
      case .categories(let categories) where column.type == .boolean:
        let present = rows.lazy.map { categories.codes[$0] }.filter { $0 >= 0 }.map { Float($0) }
        fitted.append(try fit(column, Array(present), count: rows.count))
      case .categories(let categories) where column.isCategory:
        fitted.append(try fit(column, categories, rows))
      default:
        throw FittedEncoder.wrongType(column.name, found.type, column.type, path: table.path)
      }
    }
    return FittedEncoder(columns: fitted, rowCount: rows.count)
  }

  func noValues(_ column: Column) -> DataError {
    DataError(
      path: path,
      reason:
        "column '\(column.name)' has no values in the training examples, so nothing can replace "
        + "missing ones; leave it out")
  }
}
