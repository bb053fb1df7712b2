/// Reads the cells of one line of a comma-separated table. Returns `nil` for a cell that is missing or not of
/// the requested type.
struct DecimalScanner {
  private var rest: ArraySlice<UInt8>
  private(set) var isAtEnd = false

  init(_ line: ArraySlice<UInt8>) { rest = line }

  /// The bytes of the next cell.
  private mutating func cell() -> ArraySlice<UInt8>? {
    if isAtEnd { return nil }
    guard let comma = rest.firstIndex(of: UInt8(ascii: ",")) else {
      isAtEnd = true
      return rest
    }
    defer { rest = rest[(comma + 1)...] }
    return rest[..<comma]
  }

  /// Skips to the next cell.
  ///
  /// - Returns: `false` if there is no cell, or an empty one.
  mutating func skip() -> Bool { cell().map { !$0.isEmpty } ?? false }

  mutating func text() -> String? { cell().map { String(decoding: $0, as: UTF8.self) } }

  mutating func integer() -> Int? { cell().flatMap(Self.integer) }

  /// The float nearest to the decimal number.
  mutating func float() -> Float? { cell().flatMap(Self.float) }

  /// A score as ``ScoreText`` writes it.
  mutating func score() -> Double? {
    guard let cell = cell() else { return nil }
    return ScoreText.digits(cell) <= ScoreText.floatDigits
      ? Self.float(cell).map(Double.init) : Double(String(decoding: cell, as: UTF8.self))
  }

  private static func integer(_ cell: ArraySlice<UInt8>) -> Int? {
    guard 1...18 ~= cell.count else { return Int(String(decoding: cell, as: UTF8.self)) }
    var value = 0
    for byte in cell {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else {
        return Int(String(decoding: cell, as: UTF8.self))
      }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private static func float(_ cell: ArraySlice<UInt8>) -> Float? {
    if cell.first == UInt8(ascii: "-"), let value = short(cell.dropFirst()) { return -value }
    return short(cell) ?? Float(String(decoding: cell, as: UTF8.self))
  }

  /// Parses short decimals quickly. Up to 15 digits and powers of ten up to 22 are exact in double
  /// precision, so a single division or multiplication rounds correctly. `nil` for other texts, and
  /// if rounding again to a float could give a different result.
  private static func short(_ text: ArraySlice<UInt8>) -> Float? {
    var digits: UInt64 = 0
    var count = 0
    var exponent = 0
    var hasPoint = false
    var index = text.startIndex
    loop: while index < text.endIndex {
      switch text[index] {
      case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
        digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
        if digits > 0 { count += 1 }
        if hasPoint { exponent -= 1 }
        if count > 15 { return nil }
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      case UInt8(ascii: "e"): break loop
      default: return nil
      }
      index += 1
    }
    if index == text.startIndex { return nil }
    if index < text.endIndex {
      let written = text[(index + 1)...]
      guard written.count <= 4, let power = Int(String(decoding: written, as: UTF8.self)) else {
        return nil
      }
      exponent += power
    }
    guard (-22...22).contains(exponent), text.first != UInt8(ascii: "."),
      text.last != UInt8(ascii: ".")
    else { return nil }
    let whole = Double(digits)
    let value = exponent < 0 ? whole / powersOfTen[-exponent] : whole * powersOfTen[exponent]
    // A double exactly between two floats may stand for a number on either side of the midpoint,
    // and subnormal floats have fewer bits.
    if value.bitPattern & 0x1fff_ffff == 0x1000_0000 { return nil }
    return value != 0 && value < 0x1p-126 ? nil : Float(value)
  }

  private static let powersOfTen: [Double] = (0...22).map { power in
    (0..<power).reduce(1.0) { value, _ in value * 10 }
  }
}
