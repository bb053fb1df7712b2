import DataSchema

/// An encoder with everything estimated, which belongs to a model. It encodes the table it was fitted on and
/// any other that has its columns.
package struct FittedEncoder: Hashable, Sendable, Codable {
  /// In the order of the outputs.
  package let columns: [FittedColumn]
  /// Of how many rows everything was estimated.
  package let rowCount: Int

  /// Numbers in each vector.
  package var width: Int { columns.reduce(0) { $0 + $1.width } }

  /// What each number of a vector is: `bill_length_mm`, `island=Biscoe`.
  package var names: [String] { columns.flatMap(\.outputNames) }

  /// The columns that a table has to have.
  package var features: [String] { columns.map(\.name) }

  /// The options to read another table with for this encoder: the types are those it was fitted on.
  ///
  /// - Parameter options: those of the table that it was fitted on.
  package func options(like options: TableOptions) -> TableOptions {
    var options = options
    options.types = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.type) })
    // Another file may be written with another delimiter, if that can be recognised.
    if let delimiter = options.format.delimiter, Delimiter.recognized.contains(delimiter) {
      options.format.delimiter = nil
    }
    return options
  }

  /// Connects the encoder with a table, whose other columns are ignored.
  ///
  /// - Throws: `DataError` if a column is missing or of another type.
  package func bound(to table: Table) throws(DataError) -> BoundEncoder {
    var parts: [BoundEncoder.Part] = []
    var unknown: [UnknownCategory] = []
    var offset = 0
    for column in columns {
      let found = try table.column(column.name)
      switch found.values {
      case .numbers(let values) where column.type == .number:
        parts.append(.number(column, offset, values))
      case .categories(let categories) where column.type == .boolean:
        parts.append(.boolean(column, offset, categories.codes))
      case .categories(let categories) where column.type == .category:
        let slots = column.slots(of: categories.names)
        unknown += column.unknown(categories, slots)
        parts.append(.category(column, offset, categories.codes, slots))
      default: throw Self.wrongType(column.name, found.type, column.type, path: table.path)
      }
      offset += column.width
    }
    return BoundEncoder(width: offset, table: table, parts: parts, unknown: unknown)
  }

  static func wrongType(
    _ name: String, _ found: ColumnType, _ expected: ColumnType, path: String
  ) -> DataError {
    DataError(
      path: path,
      reason:
        "column '\(name)' is of type \(found.rawValue), expected \(expected.rawValue) as in the "
        + "training data")
  }
}

/// A category that the training examples did not have, and how often a table has it.
package struct UnknownCategory: Hashable, Sendable {
  package let column: String
  package let value: String
  package let count: Int

  package init(column: String, value: String, count: Int) {
    self.column = column
    self.value = value
    self.count = count
  }
}

extension FittedColumn {
  /// Where in the column's part of a vector each of these categories has its 1, and at the end a missing
  /// value; -1 for none.
  func slots(of names: [String]) -> [Int32] {
    var places: [String: Int32] = [:]
    for (place, name) in (categories ?? []).enumerated() { places[name] = Int32(place) }
    for name in unseen ?? [] { places[name] = nil }
    return names.map { places[$0] ?? -1 } + [fillCategory.flatMap { places[$0] } ?? -1]
  }

  /// The categories without a place, with their counts.
  func unknown(_ found: TableColumn.Categories, _ slots: [Int32]) -> [UnknownCategory] {
    guard slots.dropLast().contains(-1) else { return [] }
    var counts = [Int](repeating: 0, count: found.names.count)
    for code in found.codes where code >= 0 { counts[Int(code)] += 1 }
    return found.names.indices.filter { slots[$0] < 0 && counts[$0] > 0 }.map {
      UnknownCategory(column: name, value: found.names[$0], count: counts[$0])
    }
  }
}
