import DataSchema

// What is wrong with the text, and where.
extension DelimitedReader {
  /// An error about the current row.
  package func error(_ reason: String) -> DataError {
    DataError(path: path, reason: "line \(line): \(reason)")
  }

  /// An error about a value of the current row.
  package func error(_ reason: String, column: Int) -> DataError {
    DataError(path: path, reason: "line \(line), column '\(names[column])': \(reason)")
  }

  func unclosedQuote(at position: Int, _ lines: Int) -> DataError {
    error(at: position, lines, "the quote that opens here is never closed")
  }

  func textAfterQuote(at position: Int, _ lines: Int) -> DataError {
    error(
      at: position, lines,
      "expected a \(delimiter) or the end of the line after the closing quote; a quote within a "
        + "quoted field must be doubled")
  }

  func zeroByte(at position: Int, _ lines: Int) -> DataError {
    error(at: position, lines, "contains a NUL byte: the file is damaged or not text")
  }

  func notUTF8(at position: Int) -> DataError {
    let code = String(buffer[position], radix: 16)
    let lines = lineBreaks(before: position)
    nextLine = line
    return error(
      at: position, lines,
      "the byte 0x\(code) is not UTF-8; convert the file, for instance with "
        + "`iconv -f WINDOWS-1252 -t UTF-8 IN > OUT`")
  }

  func tooLong() -> DataError {
    let limit = rowLimit
    let first = UnsafeBufferPointer(
      start: UnsafePointer(buffer) + start, count: min(limit, end - start))
    var reason = "is longer than the \(limit) bytes allowed for a row"
    if first.contains(UInt8(ascii: "\"")) { reason += "; is a quote in it never closed?" }
    return DataError(path: path, reason: "line \(nextLine) \(reason)")
  }

  /// An error at a place of the row that is being scanned, so many lines after its first.
  private func error(at position: Int, _ lines: Int, _ reason: String) -> DataError {
    var lineStart = position
    while lineStart > start, buffer[lineStart - 1] != 10, buffer[lineStart - 1] != 13 {
      lineStart -= 1
    }
    var column = 1
    for index in lineStart..<position where buffer[index] & 0xC0 != 0x80 { column += 1 }
    return DataError(
      path: path, reason: "line \(nextLine + lines), column \(column): \(reason)")
  }

  /// Line breaks in the row that has been scanned, up to a place in it.
  private func lineBreaks(before position: Int) -> Int {
    var lines = 0
    for index in start..<position {
      let isBreak =
        buffer[index] == 10 || buffer[index] == 13 && buffer[index + 1] != 10
      if isBreak { lines += 1 }
    }
    return lines
  }
}
