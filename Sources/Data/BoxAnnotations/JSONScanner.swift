import DataSchema

/// Reads a JSON document from front to back, value by value, without keeping it. What the caller does not ask for
/// is checked and skipped. `NaN`, `Infinity` and `-Infinity` are numbers, as other tools write them.
///
/// Memory is that of a buffer and the longest string. Strings and nesting are limited.
struct JSONScanner: ~Copyable {
  private let source: JSONSource
  private let buffer: UnsafeMutablePointer<UInt8>
  private var position = 0
  private var end = 0
  /// Bytes before the buffer.
  private var passed = 0
  private var line = 1
  /// Where the line begins in the document.
  private var lineStart = 0
  /// Pieces of a token.
  var scratch: [UInt8] = []

  /// No document of this kind is nested more deeply.
  private static let mostDepth = 64
  /// The longest string in bytes.
  static let longestString = 1 << 20

  init(_ source: JSONSource) throws(JSONFault) {
    self.source = source
    buffer = source.buffer
    // A byte order mark, as some editors write it.
    if try peek() == 0xEF {
      for byte: UInt8 in [0xEF, 0xBB, 0xBF] {
        guard try peek() == byte else { throw fault("expected JSON") }
        position += 1
      }
    }
  }

  // MARK: Bytes

  /// The next byte; 0 at the end, which no JSON holds.
  @inline(__always)
  mutating func peek() throws(JSONFault) -> UInt8 {
    if position < end { return buffer[position] }
    return try refill()
  }

  @inline(__always)
  mutating func advance() { position += 1 }

  /// The bytes of the buffer that have not been read.
  var rest: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: buffer + position, count: end - position)
  }

  /// Advances by `count` bytes of ``rest``.
  mutating func advance(by count: Int) { position += count }

  private mutating func refill() throws(JSONFault) -> UInt8 {
    passed += end
    (position, end) = (0, 0)
    do throws(DataError) { end = try source.next() } catch { throw JSONFault(error) }
    return end > 0 ? buffer[0] : 0
  }

  /// Goes to the next byte that is no white space, and returns it; 0 at the end.
  @inline(__always)
  mutating func next() throws(JSONFault) -> UInt8 {
    let byte = try peek()
    return byte > 0x20 ? byte : try skipSpace()
  }

  private mutating func skipSpace() throws(JSONFault) -> UInt8 {
    while true {
      switch try peek() {
      case 0x20, 0x09, 0x0D: position += 1
      case 0x0A:
        position += 1
        line += 1
        lineStart = passed + position
      case let byte: return byte
      }
    }
  }

  func fault(_ reason: String) -> JSONFault {
    JSONFault(reason, line: line, column: passed + position - lineStart + 1)
  }

  @inline(__always)
  mutating func expect(_ byte: UInt8) throws(JSONFault) {
    guard try next() == byte else {
      throw fault("expected '\(Character(UnicodeScalar(byte)))'")
    }
    position += 1
  }

  /// Consumes `byte` if it comes next.
  @inline(__always)
  mutating func accept(_ byte: UInt8) throws(JSONFault) -> Bool {
    guard try next() == byte else { return false }
    position += 1
    return true
  }

  // MARK: Structure

  /// Reads an object; `member` has to read the value of each key.
  mutating func object(
    _ member: (inout JSONScanner, String) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    guard try accept(UInt8(ascii: "{")) else { throw fault("expected an object") }
    if try accept(UInt8(ascii: "}")) { return }
    repeat {
      let key = try string()
      try expect(UInt8(ascii: ":"))
      do throws(JSONFault) { try member(&self, key) } catch { throw error.inside(key: key) }
    } while try accept(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// Reads an array; `element` has to read each value.
  mutating func array(
    _ element: (inout JSONScanner, Int) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    guard try accept(UInt8(ascii: "[")) else { throw fault("expected an array") }
    if try accept(UInt8(ascii: "]")) { return }
    var index = 0
    repeat {
      do throws(JSONFault) { try element(&self, index) } catch { throw error.inside(index: index) }
      index += 1
    } while try accept(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
  }

  /// Requires that nothing follows.
  mutating func finish() throws(JSONFault) {
    _ = try next()
    if position < end { throw fault("expected the end of the file") }
  }

  /// Skips any value.
  mutating func skip(depth: Int = 0) throws(JSONFault) {
    guard depth < Self.mostDepth else { throw fault("the JSON is nested too deeply") }
    switch try next() {
    case UInt8(ascii: "["):
      position += 1
      if try accept(UInt8(ascii: "]")) { return }
      repeat { try skip(depth: depth + 1) } while try accept(UInt8(ascii: ","))
      try expect(UInt8(ascii: "]"))
    case UInt8(ascii: "{"):
      position += 1
      if try accept(UInt8(ascii: "}")) { return }
      repeat {
        try skipString()
        try expect(UInt8(ascii: ":"))
        try skip(depth: depth + 1)
      } while try accept(UInt8(ascii: ","))
      try expect(UInt8(ascii: "}"))
    case UInt8(ascii: "\""): try skipString()
    default: try skipScalar()
    }
  }
}
