import Glibc

extension JSONScanner {
  // MARK: Words and numbers

  private static func isPartOfScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// The longest number; longer ones are no numbers that anybody wrote on purpose.
  private static let longestScalar = 1000

  /// Skips a number or a word.
  mutating func skipScalar() throws(JSONFault) {
    var count = 0
    while true {
      let byte = try peek()
      // Most of a file are the digits of outlines.
      guard byte &- UInt8(ascii: "0") <= 9 || Self.isPartOfScalar(byte) else { break }
      advance()
      count += 1
    }
    if count == 0 { throw fault("expected a value") }
  }

  /// A number or a word, in ``scratch``.
  private mutating func scalar() throws(JSONFault) {
    scratch.removeAll(keepingCapacity: true)
    _ = try next()
    while case let byte = try peek(), Self.isPartOfScalar(byte) {
      guard scratch.count < Self.longestScalar else { throw fault("expected a number") }
      scratch.append(byte)
      advance()
    }
  }

  /// A number, exactly as the nearest double; NaN and infinities as well.
  mutating func number() throws(JSONFault) -> Double {
    let start = try place()
    try scalar()
    if let value = Self.number(scratch) { return value }
    throw start.fault("expected a number")
  }

  /// Where a value begins, for messages about it.
  mutating func place() throws(JSONFault) -> JSONPlace {
    _ = try next()
    return JSONPlace(fault(""))
  }

  private static func number(_ text: [UInt8]) -> Double? {
    var place = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { place = 1 }
    var (mantissa, digits, scale): (UInt64, Int, Int) = (0, 0, 0)
    let first = place
    while place < text.count, case let digit = text[place] &- UInt8(ascii: "0"), digit <= 9 {
      if digits < 18 { mantissa = mantissa &* 10 &+ UInt64(digit) }
      digits += 1
      place += 1
    }
    let whole = place - first
    guard whole > 0, whole == 1 || text[first] != UInt8(ascii: "0") else { return word(text) }
    if place < text.count, text[place] == UInt8(ascii: ".") {
      place += 1
      let point = place
      while place < text.count, case let digit = text[place] &- UInt8(ascii: "0"), digit <= 9 {
        if digits < 18 { mantissa = mantissa &* 10 &+ UInt64(digit) }
        digits += 1
        place += 1
      }
      scale = place - point
      if scale == 0 { return nil }
    }
    // Both numbers are exact doubles, so their quotient is the nearest one (Clinger 1990).
    if place == text.count, digits <= 18, mantissa <= 1 << 53, scale <= 22 {
      let value = Double(mantissa) / powers[scale]
      return isNegative ? -value : value
    }
    if place < text.count {
      guard text[place] | 0x20 == UInt8(ascii: "e") else { return nil }
      place += 1
      if place < text.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(text[place]) {
        place += 1
      }
      guard place < text.count, text[place...].allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }) else {
        return nil
      }
    }
    return text.withUnsafeBytes { bytes in
      var copy = [CChar](bytes.map { CChar(bitPattern: $0) })
      copy.append(0)
      return strtod(copy, nil)
    }
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  private static func word(_ text: [UInt8]) -> Double? {
    switch String(decoding: text, as: UTF8.self) {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: nil
    }
  }

  /// 0, 1, true or false.
  mutating func flag() throws(JSONFault) -> Bool {
    let start = try place()
    try scalar()
    switch String(decoding: scratch, as: UTF8.self) {
    case "0", "false", "0.0": return false
    case "1", "true", "1.0": return true
    default: throw start.fault("expected 0 or 1")
    }
  }

  /// An integer or a text.
  mutating func id() throws(JSONFault) -> ItemID {
    if try next() == UInt8(ascii: "\"") { return .text(try string()) }
    let start = try place()
    try scalar()
    guard let number = Self.number(scratch).flatMap({ Int(exactly: $0) }),
      (-(1 << 53)...(1 << 53)).contains(number)
    else { throw start.fault("expected an integer") }
    return .number(number)
  }

  /// A size in pixels, 0 or more.
  mutating func size() throws(JSONFault) -> Int {
    let start = try place()
    guard let number = Int(exactly: try number()), (0...(1 << 31)).contains(number) else {
      throw start.fault("expected a number of pixels")
    }
    return number
  }

  /// `[x, y, width, height]`.
  mutating func box() throws(JSONFault) -> Box {
    let start = try place()
    var values = SIMD4<Double>.zero
    var count = 0
    try array { (scanner, index) throws(JSONFault) in
      let value = try scanner.number()
      if index < 4 { values[index] = value }
      count += 1
    }
    guard count == 4 else { throw start.fault("expected 4 numbers, found \(count)") }
    return Box(x: values[0], y: values[1], width: values[2], height: values[3])
  }

  // MARK: Strings

  /// - Parameter most: the largest length, in bytes.
  mutating func string(most: Int = Self.longestString) throws(JSONFault) -> String {
    guard try accept(UInt8(ascii: "\"")) else { throw fault("expected a string") }
    // Most strings lie in the buffer and have no escapes.
    let rest = rest
    var length = 0
    while length < rest.count, rest[length] >= 0x20, rest[length] != UInt8(ascii: "\""),
      rest[length] != UInt8(ascii: "\\")
    { length += 1 }
    if length < rest.count, rest[length] == UInt8(ascii: "\""), length <= most {
      guard let text = String(validating: rest[..<length], as: UTF8.self) else {
        throw fault("the text is not UTF-8")
      }
      advance(by: length + 1)
      return text
    }
    return try longString(most)
  }

  private mutating func longString(_ most: Int) throws(JSONFault) -> String {
    scratch.removeAll(keepingCapacity: true)
    while true {
      switch try peek() {
      case UInt8(ascii: "\""):
        advance()
        guard let text = String(validating: scratch, as: UTF8.self) else {
          throw fault("the text is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        advance()
        scratch += try escape().utf8
      case 0..<0x20: throw fault("the text does not end with '\"'")
      case let byte:
        scratch.append(byte)
        advance()
      }
      if scratch.count > most { throw fault("the text is too long") }
    }
  }

  mutating func skipString() throws(JSONFault) {
    guard try accept(UInt8(ascii: "\"")) else { throw fault("expected a string") }
    while true {
      switch try peek() {
      case UInt8(ascii: "\""):
        advance()
        return
      case UInt8(ascii: "\\"):
        advance()
        _ = try escape()
      case 0..<0x20: throw fault("the text does not end with '\"'")
      default: advance()
      }
    }
  }

  /// An escape sequence after its backslash.
  private mutating func escape() throws(JSONFault) -> String {
    let letter = try peek()
    advance()
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(UnicodeScalar(letter))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [try hexadecimal()]
      if UTF16.isLeadSurrogate(units[0]) {
        for byte in "\\u".utf8 {
          guard try peek() == byte else { throw fault("the text has half a surrogate pair") }
          advance()
        }
        units.append(try hexadecimal())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw fault("the text has half a surrogate pair")
      }
      return text
    default: throw fault("the text has an unknown escape")
    }
  }

  /// Four hexadecimal digits.
  private mutating func hexadecimal() throws(JSONFault) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(UnicodeScalar(try peek())).hexDigitValue else {
        throw fault("expected four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
      advance()
    }
    return value
  }
}

/// A place in a document.
struct JSONPlace {
  private let line: Int
  private let column: Int

  init(_ fault: JSONFault) { (line, column) = (fault.line, fault.column) }

  func fault(_ reason: String) -> JSONFault { JSONFault(reason, line: line, column: column) }
}
