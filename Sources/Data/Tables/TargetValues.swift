import DataSchema

/// Targets of every row, those that are missing as NaN.
struct TargetValues {
  let kind: FieldKind
  /// Where the targets come from: one column, or one for each value.
  let columns: [String]
  let width: Int
  /// [row, value]
  let values: [Float]

  init(category name: String, _ table: Table) throws(DataError) {
    let column = try table.column(name)
    let classes = try Self.classes(column, table)
    let order = Self.order(classes.names)
    var ranks = [Float](repeating: 0, count: order.count)
    for (rank, place) in order.enumerated() { ranks[place] = Float(rank) }
    kind = .category(order.map { classes.names[$0] })
    columns = [name]
    width = 1
    values = classes.codes.map { $0 < 0 ? .nan : ranks[Int($0)] }
  }

  init(numbers quantities: [Quantity], _ table: Table) throws(DataError) {
    kind = .numbers(quantities)
    columns = quantities.map(\.name)
    width = columns.count
    var values = [Float](repeating: 0, count: table.rowCount * width)
    for (offset, name) in columns.enumerated() {
      let numbers = try table.numbers(name)
      for (row, number) in numbers.enumerated() { values[row * columns.count + offset] = number }
    }
    self.values = values
  }

  init(labels names: [String], _ table: Table) throws(DataError) {
    kind = .labelSet(names)
    columns = names
    width = names.count
    var values = [Float](repeating: 0, count: table.rowCount * width)
    for (offset, name) in names.enumerated() {
      let column = try table.column(name)
      switch column.values {
      case .categories(let categories) where column.type == .boolean:
        for (row, code) in categories.codes.enumerated() {
          values[row * names.count + offset] = code < 0 ? .nan : Float(code)
        }
      case .numbers(let numbers):
        if let row = numbers.firstIndex(where: { $0 != 0 && $0 != 1 && !$0.isNaN }) {
          throw table.error(
            "expected 0 or 1 for a label, found \(numbers[row])", row: row, column: name)
        }
        for (row, number) in numbers.enumerated() { values[row * names.count + offset] = number }
      default: throw table.wrong(column, "0 or 1, or words for no and yes")
      }
    }
    self.values = values
  }

  init(
    list name: String, _ separator: String, missingIsNone: Bool, _ table: Table
  ) throws(DataError) {
    precondition(!separator.isEmpty)
    let column = try table.column(name)
    // Each distinct list is taken apart once.
    let lists = try Self.classes(column, table)
    let parts = lists.names.map { Self.labels($0, separator) }
    let names = Array(Set(parts.joined()))
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard !names.isEmpty else {
      throw DataError(path: table.path, reason: "column '\(name)' holds no labels")
    }
    let labels = Self.order(names).map { names[$0] }
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var values = [Float](repeating: 0, count: table.rowCount * labels.count)
    for (row, code) in lists.codes.enumerated() {
      if code < 0 {
        if !missingIsNone { values[row * labels.count] = .nan }
        continue
      }
      for label in parts[Int(code)] {
        if let place = places[label] { values[row * labels.count + place] = 1 }
      }
    }
    kind = .labelSet(labels)
    columns = [name]
    width = labels.count
    self.values = values
  }

  /// The distinct values of a column.
  private static func classes(
    _ column: TableColumn, _ table: Table
  ) throws(DataError) -> TableColumn.Categories {
    switch column.values {
    case .categories(let categories): return categories
    case .numbers(let numbers): return try classes(numbers, column.name, table)
    case .texts:
      throw DataError(
        path: table.path,
        reason:
          "column '\(column.name)' holds free text; name it in `categories` if its values are classes"
      )
    }
  }

  private static func classes(
    _ numbers: [Float], _ name: String, _ table: Table
  ) throws(DataError) -> TableColumn.Categories {
    func isClass(_ number: Float) -> Bool {
      number.isNaN || number == number.rounded() && abs(number) < 16_777_216
    }
    if let row = numbers.firstIndex(where: { !isClass($0) }) {
      throw table.error(
        "\(numbers[row]) is not a class; expected text or whole numbers", row: row, column: name)
    }
    let present = Set(numbers.lazy.filter { !$0.isNaN }.map { Int($0) }).sorted()
    let places = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, Int32($0)) })
    return TableColumn.Categories(
      names: present.map(String.init),
      codes: numbers.map { $0.isNaN ? -1 : places[Int($0)] ?? -1 })
  }

  /// The places of the names in the order of numbers if all are whole numbers, else as they are.
  private static func order(_ names: [String]) -> [Int] {
    let numbers = names.compactMap { Int($0) }
    guard numbers.count == names.count else { return Array(names.indices) }
    return names.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
  }

  private static func labels(_ text: String, _ separator: String) -> [String] {
    var labels: [String] = []
    for part in text.components(separatedBy: separator) where !part.isEmpty { labels.append(part) }
    return labels
  }
}

extension String {
  /// The parts between separators, without blanks around them.
  fileprivate func components(separatedBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map { part in
      var part = part[...]
      while part.first == " " { part.removeFirst() }
      while part.last == " " { part.removeLast() }
      return String(part)
    }
  }
}
