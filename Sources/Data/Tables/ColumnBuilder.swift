import DataSchema

/// Collects the values of one column while a table is read for the second time.
class ColumnBuilder {
  let summary: ColumnSummary

  init(_ summary: ColumnSummary) { self.summary = summary }

  /// Adds the value of the next row.
  ///
  /// - Returns: `false` if it is none that the column had when it was read for the first time.
  func append(_ text: UnsafeRawBufferPointer, isMissing: Bool) -> Bool { false }

  /// The values, after the last one; the builder is empty then.
  func take() -> TableColumn.Values { .numbers([]) }

  /// The builder for a column of this type; `nil` for dates and empty columns.
  static func make(
    _ summary: ColumnSummary, _ decimal: TableOptions.DecimalMark, rows: Int
  ) -> ColumnBuilder? {
    switch summary.type {
    case .number: NumberBuilder(summary, decimal, rows: rows)
    case .category: CategoryBuilder(summary, rows: rows)
    case .boolean: BooleanBuilder(summary, rows: rows)
    case .text: TextBuilder(summary, rows: rows)
    case .date, .missing: nil
    }
  }
}

private final class NumberBuilder: ColumnBuilder {
  private let decimal: UInt8
  private var values: [Float] = []

  init(_ summary: ColumnSummary, _ decimal: TableOptions.DecimalMark, rows: Int) {
    self.decimal = decimal.byte
    values.reserveCapacity(rows)
    super.init(summary)
  }

  override func append(_ text: UnsafeRawBufferPointer, isMissing: Bool) -> Bool {
    if isMissing {
      values.append(.nan)
      return true
    }
    guard let number = NumberText(text), number.decimal == nil || number.decimal == decimal else {
      return false
    }
    values.append(Float(number.value))
    return true
  }

  override func take() -> TableColumn.Values {
    defer { values = [] }
    return .numbers(values)
  }
}

private final class CategoryBuilder: ColumnBuilder {
  private let names: TextInterner
  private var codes: [Int32] = []

  init(_ summary: ColumnSummary, rows: Int) {
    names = TextInterner(summary.categories ?? [])
    codes.reserveCapacity(rows)
    super.init(summary)
  }

  override func append(_ text: UnsafeRawBufferPointer, isMissing: Bool) -> Bool {
    guard let code = isMissing ? -1 : names.number(of: text) else { return false }
    codes.append(code)
    return true
  }

  override func take() -> TableColumn.Values {
    defer { codes = [] }
    return .categories(TableColumn.Categories(names: summary.categories ?? [], codes: codes))
  }
}

private final class BooleanBuilder: ColumnBuilder {
  private var codes: [Int32] = []

  init(_ summary: ColumnSummary, rows: Int) {
    codes.reserveCapacity(rows)
    super.init(summary)
  }

  override func append(_ text: UnsafeRawBufferPointer, isMissing: Bool) -> Bool {
    guard let code = isMissing ? -1 : BooleanWords.value(of: text) else { return false }
    codes.append(code)
    return true
  }

  override func take() -> TableColumn.Values {
    defer { codes = [] }
    return .categories(TableColumn.Categories(names: summary.categories ?? [], codes: codes))
  }
}

private final class TextBuilder: ColumnBuilder {
  private var texts: TableColumn.Texts

  init(_ summary: ColumnSummary, rows: Int) {
    texts = TableColumn.Texts(rows: rows, bytes: min(max(0, summary.byteCount), 1 << 32))
    super.init(summary)
  }

  override func append(_ text: UnsafeRawBufferPointer, isMissing: Bool) -> Bool {
    texts.append(text, isMissing: isMissing)
    return true
  }

  override func take() -> TableColumn.Values {
    defer { texts = TableColumn.Texts(rows: 0, bytes: 0) }
    return .texts(texts)
  }
}
