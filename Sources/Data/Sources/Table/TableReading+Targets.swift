import DataSchema
import Tables

extension TableReading {
  /// What the target columns of a table are, by what the experiment says or by what they look like.
  ///
  /// - Throws: `DataError` if several columns are neither all numbers nor all 0 and 1.
  func targetDefinition(in table: Table) throws(DataError) -> TableTargets.Definition {
    if let labelSeparator {
      return .labelList(roles.targets[0], separator: labelSeparator, missingIsNone: true)
    }
    let recognized: Kind
    if let kind { recognized = kind } else { recognized = try recognizedKind(in: table) }
    switch recognized {
    case .category: return .category(roles.targets[0])
    case .numbers: return .numbers(roles.targets.map { Quantity($0, unit: unit) })
    case .labels: return .labelColumns(roles.targets)
    }
  }

  private func recognizedKind(in table: Table) throws(DataError) -> Kind {
    var columns: [TableColumn] = []
    for name in roles.targets { columns.append(try table.column(name)) }
    if columns.count == 1 {
      guard case .numbers(let values) = columns[0].values else { return .category }
      return unit == nil && Self.areClasses(values) ? .category : .numbers
    }
    if unit == nil, columns.allSatisfy(Self.areLabels) { return .labels }
    if let other = columns.first(where: { $0.type != .number }) {
      throw DataError(
        path: table.path,
        reason:
          "column '\(other.name)' is of type \(other.type.rawValue): several targets are either all "
          + "numbers, or all labels of 0 and 1")
    }
    return .numbers
  }

  /// The most numbers that are taken for those of classes.
  private static let mostClasses = 20

  /// Whether numbers are 0, 1, 2, … or 1, 2, 3, …, each of them at least twice on average.
  private static func areClasses(_ values: [Float]) -> Bool {
    var distinct: Set<Float> = []
    var count = 0
    for value in values where !value.isNaN {
      count += 1
      distinct.insert(value)
      if distinct.count > mostClasses || value != value.rounded() { return false }
    }
    guard distinct.count > 1, count >= 2 * distinct.count, let first = distinct.min(),
      let last = distinct.max()
    else { return false }
    return (first == 0 || first == 1) && Int(last - first) == distinct.count - 1
  }

  private static func areLabels(_ column: TableColumn) -> Bool {
    switch column.values {
    case .numbers(let values): values.allSatisfy { $0 == 0 || $0 == 1 || $0.isNaN }
    case .categories: column.type == .boolean
    case .texts: false
    }
  }
}

extension TableTargets {
  /// How many rows have been left out, if any.
  var skippedNotes: [String] {
    guard let first = skipped.first else { return [] }
    let others = skipped.count == 1 ? "1 row is" : "\(skipped.count) rows are"
    return [
      "\(others) left out because the target is missing, the first on line \(first.line) in column "
        + "'\(first.column)'"
    ]
  }
}
