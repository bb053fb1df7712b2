import DataSchema

// Values by what they are expected to be.
extension Table {
  /// The numbers of a column, a missing one as NaN.
  ///
  /// - Throws: `DataError` if there is no such column, or it holds something else.
  package func numbers(_ name: String) throws(DataError) -> [Float] {
    let column = try column(name)
    guard case .numbers(let values) = column.values else { throw wrong(column, "numbers") }
    return values
  }

  /// The categories of a column, or the words of a boolean one; throws the same errors.
  package func categories(_ name: String) throws(DataError) -> TableColumn.Categories {
    let column = try column(name)
    guard case .categories(let values) = column.values else { throw wrong(column, "categories") }
    return values
  }

  /// The texts of a column, such as paths of images; throws the same errors.
  package func texts(_ name: String) throws(DataError) -> TableColumn.Texts {
    let column = try column(name)
    guard case .texts(let values) = column.values else { throw wrong(column, "texts") }
    return values
  }

  /// How much each row counts.
  ///
  /// - Throws: `DataError` also for a weight that is missing or negative, and if all are 0.
  package func weights(_ name: String) throws(DataError) -> [Float] {
    let weights = try numbers(name)
    if let row = weights.firstIndex(where: { !($0 >= 0) }) {
      throw error("expected a weight of 0 or more, found \(weights[row])", row: row, column: name)
    }
    guard weights.contains(where: { $0 > 0 }) else {
      throw DataError(path: path, reason: "column '\(name)': all weights are 0")
    }
    return weights
  }

  /// The number of each row's group, from a column of categories.
  ///
  /// - Throws: `DataError` also for a group that is missing.
  package func groups(_ name: String) throws(DataError) -> [Int32] {
    let groups = try categories(name).codes
    if let row = groups.firstIndex(where: { $0 < 0 }) {
      throw error("the group is missing", row: row, column: name)
    }
    return groups
  }

  func wrong(_ column: TableColumn, _ expected: String) -> DataError {
    DataError(
      path: path,
      reason: "column '\(column.name)' is of type \(column.type.rawValue), expected \(expected)")
  }
}
