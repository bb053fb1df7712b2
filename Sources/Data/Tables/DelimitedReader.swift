import DataSchema

/// Reads delimited text (CSV, TSV) row by row, as RFC 4180 describes it: fields in quotes may hold
/// delimiters, line breaks and doubled quotes; lines end with LF, CR LF or CR.
///
/// Blanks around a field are no part of it, unless it is quoted. Empty lines are skipped. Every row must have
/// as many fields as there are columns. The text must be UTF-8, with or without a byte order mark.
package final class DelimitedReader {
  /// Where a field of the current row lies in the buffer.
  struct Field {
    var start: Int
    var count: Int
    var isQuoted: Bool
    /// Whether it holds doubled quotes.
    var isEscaped: Bool
  }

  package let path: String
  /// As given or recognised.
  package let delimiter: Delimiter
  /// The names of the columns, in the order of the file.
  package private(set) var names: [String] = []
  /// The line on which the current row begins, from 1.
  package private(set) var line = 1

  private let input: TextInput
  let rowLimit: Int
  /// What is read at a time, in bytes.
  static let step = 1 << 20

  var buffer: UnsafeMutablePointer<UInt8>
  var capacity: Int
  /// Where the next row begins in ``buffer``.
  var start = 0
  /// Where the bytes in ``buffer`` end.
  var end = 0
  /// Whether the input has no more bytes than those in ``buffer``.
  var isAtEnd = false
  /// The line on which the next row begins.
  var nextLine = 1

  var fields: UnsafeMutablePointer<Field>
  var fieldCapacity = 64
  var fieldCount = 0
  /// By byte: whether it ends an unquoted field.
  let endsField: UnsafeMutablePointer<Bool>
  /// A row that was read before it was asked for: the first one of a file without a header.
  private var hasPendingRow = false

  /// Opens a file and reads its header.
  ///
  /// - Throws: `DataError` if it cannot be read, is no text, or has no usable header.
  package convenience init(
    path: String, format: DelimitedFormat = DelimitedFormat()
  ) throws(DataError) {
    try self.init(TextInput(path: path), format: format)
  }

  /// Reads the header of a text.
  ///
  /// - Throws: `DataError` if it cannot be read, is no text, or has no usable header.
  package init(
    _ input: TextInput, format: DelimitedFormat = DelimitedFormat()
  ) throws(DataError) {
    self.input = input
    path = input.path
    rowLimit = format.rowLimit
    capacity = Self.step
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    self.buffer = buffer
    fields = .allocate(capacity: fieldCapacity)
    endsField = .allocate(capacity: 256)
    endsField.initialize(repeating: false, count: 256)
    do throws(DataError) {
      end = try input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
      isAtEnd = end < capacity
      let beginning = UnsafeBufferPointer(start: UnsafePointer(buffer), count: end)
      start = try TextBeginning.length(of: beginning, path: path)
      delimiter =
        format.delimiter
        ?? DelimiterSniffer.delimiter(of: UnsafeBufferPointer(rebasing: beginning[start...]))
    } catch {
      delimiter = .comma
      throw error
    }
    for byte in [0, 10, 13, delimiter.byte] { endsField[Int(byte)] = true }
    try readHeader(format)
  }

  deinit {
    buffer.deallocate()
    fields.deallocate()
    endsField.deallocate()
  }

  private func readHeader(_ format: DelimitedFormat) throws(DataError) {
    guard try readRow() else {
      throw DataError(path: path, reason: "is empty: expected a line with the names of the columns")
    }
    guard fieldCount <= DelimitedFormat.mostColumns else {
      throw error("has \(fieldCount) columns; at most \(DelimitedFormat.mostColumns) can be read")
    }
    var first: [String] = []
    for index in 0..<fieldCount { first.append(text(index)) }
    if let names = format.names {
      guard names.count == fieldCount else {
        throw error(
          "has \(fieldCount) \(fieldCount == 1 ? "field" : "fields"), but \(names.count) columns "
            + "are named in the experiment")
      }
      hasPendingRow = true
      self.names = names
    } else {
      self.names = first
    }
    try TableHeader.check(
      self.names, isFromFile: format.names == nil, path: path, line: line, delimiter: delimiter)
  }

  /// Reads the next row.
  ///
  /// - Returns: `false` if there is none.
  /// - Throws: `DataError` with the line of what is wrong.
  package func next() throws(DataError) -> Bool {
    if hasPendingRow {
      hasPendingRow = false
      return true
    }
    guard try readRow() else { return false }
    if fieldCount != names.count {
      let header = names.count == 1 ? "1 field" : "\(names.count) fields"
      throw DataError(
        path: path,
        reason: "line \(line) has \(fieldCount) \(fieldCount == 1 ? "field" : "fields"), but the "
          + "header has \(header)" + raggedHint)
    }
    return true
  }

  private var raggedHint: String {
    guard fieldCount > names.count, delimiter == .comma else { return "" }
    return "; a field that contains a comma must be quoted"
  }

  private func readRow() throws(DataError) -> Bool {
    while true {
      guard let length = try scanRow() else {
        if isAtEnd { return false }
        try refill()
        continue
      }
      // An empty line; a quoted empty field is a value.
      if fieldCount == 1, fields[0].count == 0, !fields[0].isQuoted {
        start += length
        continue
      }
      if let offset = UTF8Check.firstInvalid(buffer + start, length) {
        throw notUTF8(at: start + offset)
      }
      start += length
      for index in 0..<fieldCount where fields[index].isEscaped { unescape(index) }
      return true
    }
  }

  /// Keeps the row that has begun and reads more bytes behind it.
  private func refill() throws(DataError) {
    let kept = end - start
    if kept > rowLimit { throw tooLong() }
    if kept > capacity / 2 {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity)
      larger.update(from: buffer + start, count: kept)
      buffer.deallocate()
      buffer = larger
      capacity *= 2
    } else {
      buffer.update(from: buffer + start, count: kept)
    }
    start = 0
    end = kept
    let room = UnsafeMutableRawBufferPointer(start: buffer + kept, count: capacity - kept)
    let got = try input.read(into: room)
    isAtEnd = got < room.count
    end += got
  }

  /// Replaces doubled quotes by single ones.
  private func unescape(_ index: Int) {
    let field = fields[index]
    var written = field.start
    var position = field.start
    while position < field.start + field.count {
      buffer[written] = buffer[position]
      written += 1
      position += buffer[position] == UInt8(ascii: "\"") ? 2 : 1
    }
    fields[index].count = written - field.start
  }

  /// The number of the current row's line, and of the following one's.
  func advanceLine(to next: Int) {
    line = nextLine
    nextLine = next
  }
}

// The current row.
extension DelimitedReader {
  /// The fields of the current row, which are gone with the next one.
  package struct Row {
    let buffer: UnsafePointer<UInt8>
    let fields: UnsafePointer<Field>
    package let count: Int

    /// The bytes of a field.
    @inline(__always)
    package subscript(index: Int) -> UnsafeRawBufferPointer {
      precondition(index >= 0 && index < count)
      let field = fields[index]
      return UnsafeRawBufferPointer(start: buffer + field.start, count: field.count)
    }
  }

  /// The current row. Loops over its fields ask for it once: each access to this object is checked for
  /// exclusivity, which costs more than a short field.
  package var row: Row {
    Row(buffer: UnsafePointer(buffer), fields: UnsafePointer(fields), count: fieldCount)
  }

  /// A field of the current row as text.
  package func text(_ index: Int) -> String { String(decoding: row[index], as: UTF8.self) }
}

@available(*, unavailable)
extension DelimitedReader.Row: Sendable {}

@available(*, unavailable)
extension DelimitedReader: Sendable {}
