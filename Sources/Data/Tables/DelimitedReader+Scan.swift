import DataSchema

// The one loop that sees every byte.
extension DelimitedReader {
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Finds the fields of the row that begins at ``start``.
  ///
  /// - Returns: how many bytes it has, its line break included; `nil` if the buffer does not hold all of it.
  /// - Throws: `DataError` if a quote, a zero byte or the length is wrong.
  func scanRow() throws(DataError) -> Int? {
    let bytes = UnsafePointer(buffer)
    let end = self.end
    let endsField = UnsafePointer(self.endsField)
    let delimiter = self.delimiter.byte
    var position = start
    var lines = 0
    fieldCount = 0
    if position == end { return nil }
    while true {
      skipBlanks(&position)
      if position < end, bytes[position] == Self.quote {
        guard try scanQuoted(&position, &lines) else { return nil }
      } else {
        let first = position
        while position < end, !endsField[Int(bytes[position])] { position += 1 }
        if position == end, !isAtEnd { return nil }
        var last = position
        while last > first, isBlank(bytes[last - 1]) { last -= 1 }
        add(Field(start: first, count: last - first, isQuoted: false, isEscaped: false))
      }
      if position < end {
        let byte = bytes[position]
        if byte == delimiter {
          position += 1
          continue
        }
        if byte == 0 { throw zeroByte(at: position, lines) }
        position += 1
        if byte == Self.carriageReturn {
          if position == end, !isAtEnd { return nil }
          if position < end, bytes[position] == Self.lineFeed { position += 1 }
        }
        lines += 1
      }
      if position - start > rowLimit { throw tooLong() }
      advanceLine(to: nextLine + lines)
      return position - start
    }
  }

  /// Finds the end of the quoted field that begins at `position`, and moves there.
  ///
  /// - Returns: `false` if the buffer does not hold all of it.
  private func scanQuoted(_ position: inout Int, _ lines: inout Int) throws(DataError) -> Bool {
    let bytes = UnsafePointer(buffer)
    let end = self.end
    let opening = position
    let linesBefore = lines
    var isEscaped = false
    position += 1
    scan: while true {
      while position < end, bytes[position] != Self.quote, bytes[position] > 13 { position += 1 }
      // Whether a quote or a carriage return stands alone shows in the byte after it.
      if position >= end - 1, !isAtEnd { return false }
      if position == end {
        throw unclosedQuote(at: opening, linesBefore)
      }
      let following = position + 1 < end ? bytes[position + 1] : 0
      switch bytes[position] {
      case Self.quote where following == Self.quote:
        isEscaped = true
        position += 2
      case Self.quote: break scan
      case Self.lineFeed:
        lines += 1
        position += 1
      case Self.carriageReturn:
        lines += 1
        position += following == Self.lineFeed ? 2 : 1
      case 0: throw zeroByte(at: position, lines)
      default: position += 1
      }
    }
    let count = position - opening - 1
    add(Field(start: opening + 1, count: count, isQuoted: true, isEscaped: isEscaped))
    position += 1
    skipBlanks(&position)
    if position == end { return isAtEnd }
    guard endsField[Int(bytes[position])] else { throw textAfterQuote(at: position, lines) }
    return true
  }

  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool {
    (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != delimiter.byte
  }

  @inline(__always)
  private func skipBlanks(_ position: inout Int) {
    while position < end, isBlank(buffer[position]) { position += 1 }
  }

  @inline(__always)
  private func add(_ field: Field) {
    if fieldCount == fieldCapacity { growFields() }
    fields[fieldCount] = field
    fieldCount += 1
  }

  private func growFields() {
    let larger = UnsafeMutablePointer<Field>.allocate(capacity: 2 * fieldCapacity)
    larger.update(from: fields, count: fieldCount)
    fields.deallocate()
    fields = larger
    fieldCapacity *= 2
  }
}
