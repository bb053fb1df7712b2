import Files

/// A column of a table in memory.
package struct TableColumn: Sendable {
  /// The values, one a row.
  package enum Values: Sendable {
    /// A missing one is NaN.
    case numbers([Float])
    case categories(Categories)
    case texts(Texts)
  }

  package let name: String
  package let type: ColumnType
  package let values: Values

  /// The column's values as places in a list of names.
  package struct Categories: Hashable, Sendable {
    /// Sorted by their bytes; for a boolean column, the words for no and yes.
    package let names: [String]
    /// The place in ``names``, one a row; a missing one is -1.
    package let codes: [Int32]
  }

  /// Texts one after the other, without the overhead of a `String` each.
  package struct Texts: Hashable, Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [Int] = [0]
    private(set) var missing: Set<Int> = []

    init(rows: Int, bytes count: Int) {
      bytes.reserveCapacity(count)
      offsets.reserveCapacity(rows + 1)
    }

    mutating func append(_ text: UnsafeRawBufferPointer, isMissing: Bool) {
      if isMissing {
        missing.insert(offsets.count - 1)
      } else {
        bytes.append(contentsOf: text)
      }
      offsets.append(bytes.count)
    }

    package var count: Int { offsets.count - 1 }

    /// The text of a row; `nil` if it is missing.
    package subscript(row: Int) -> String? {
      if missing.contains(row) { return nil }
      return String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self)
    }
  }

  /// A column of numbers, a missing one as NaN.
  package init(_ name: String, numbers: [Float]) {
    self.init(name: name, type: .number, values: .numbers(numbers))
  }

  /// A column of categories.
  ///
  /// - Parameters:
  ///   - names: sorted by their bytes.
  ///   - codes: the place in `names`, one a row; a missing one is -1.
  package init(_ name: String, categories names: [String], codes: [Int32]) {
    self.init(
      name: name, type: .category, values: .categories(Categories(names: names, codes: codes)))
  }

  init(name: String, type: ColumnType, values: Values) {
    self.name = name
    self.type = type
    self.values = values
  }

  /// The column for these rows, in this order; `nil` for a column of texts.
  package func selecting(_ rows: [Int]) -> TableColumn? {
    switch values {
    case .numbers(let values):
      TableColumn(name: name, type: type, values: .numbers(rows.map { values[$0] }))
    case .categories(let found):
      TableColumn(
        name: name, type: type,
        values: .categories(Categories(names: found.names, codes: rows.map { found.codes[$0] })))
    case .texts: nil
    }
  }

  /// Whether the value of a row is missing.
  package func isMissing(_ row: Int) -> Bool {
    switch values {
    case .numbers(let values): values[row].isNaN
    case .categories(let categories): categories.codes[row] < 0
    case .texts(let texts): texts.missing.contains(row)
    }
  }

  func add(to digest: inout RunningDigest) {
    digest.add("\(name.utf8.count) \(name)\n\(type.rawValue)\n".utf8)
    switch values {
    case .numbers(let values):
      values.withUnsafeBytes { digest.add($0) }
    case .categories(let categories):
      for name in categories.names { digest.add("\(name.utf8.count) \(name)\n".utf8) }
      categories.codes.withUnsafeBytes { digest.add($0) }
    case .texts(let texts):
      digest.add(texts.bytes)
      texts.offsets.withUnsafeBytes { digest.add($0) }
      for row in texts.missing.sorted() { digest.add("\(row)\n".utf8) }
    }
  }
}
