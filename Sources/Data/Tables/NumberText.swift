/// A number as a table spells it: `-1.5`, `1,5`, `.5`, `1e-3`. Infinities, hexadecimal digits and separators
/// between thousands are no part of it.
struct NumberText: Hashable {
  /// The number nearest to the text.
  let value: Double
  /// The byte before the decimals, a point or a comma; `nil` if there is none.
  let decimal: UInt8?
  /// Whether there are neither decimals nor an exponent.
  let isInteger: Bool
  /// Whether further digits follow a leading zero: `007` is a code.
  let hasLeadingZero: Bool
  /// Whether `1,234` could also be a number of thousands.
  let couldBeThousands: Bool

  private static let powers: [Double] = (0...22).reduce(into: []) { powers, _ in
    powers.append(powers.last.map { $0 * 10 } ?? 1)
  }

  /// `nil` if the text is no number, or none that fits 32 bits.
  init?(_ text: UnsafeRawBufferPointer) {
    let count = text.count
    guard count > 0 else { return nil }
    var position = 0
    let isNegative = text[0] == UInt8(ascii: "-")
    if isNegative || text[0] == UInt8(ascii: "+") { position = 1 }
    var mantissa: UInt64 = 0
    var significant = 0
    var exponent = 0
    let digitsStart = position
    while position < count, text[position].isDigit {
      Self.add(text[position], &mantissa, &significant, &exponent, isDecimal: false)
      position += 1
    }
    let whole = position - digitsStart
    var decimals = 0
    var decimal: UInt8?
    if position < count, text[position] == UInt8(ascii: ".") || text[position] == UInt8(ascii: ",")
    {
      decimal = text[position]
      position += 1
      let start = position
      while position < count, text[position].isDigit {
        Self.add(text[position], &mantissa, &significant, &exponent, isDecimal: true)
        position += 1
      }
      decimals = position - start
    }
    guard whole + decimals > 0 else { return nil }
    var hasExponent = false
    if position < count, text[position] | 0x20 == UInt8(ascii: "e") {
      hasExponent = true
      guard let given = Self.exponent(text, from: position + 1) else { return nil }
      exponent += given
      position = count
    }
    guard position == count else { return nil }
    guard
      let magnitude = Self.magnitude(
        mantissa, significant: significant, exponent: exponent, text, decimal)
    else { return nil }
    value = isNegative ? -magnitude : magnitude
    guard Float(value).isFinite else { return nil }
    self.decimal = decimal
    isInteger = decimal == nil && !hasExponent
    hasLeadingZero = isInteger && whole > 1 && text[digitsStart] == UInt8(ascii: "0")
    couldBeThousands =
      decimal != nil && decimals == 3 && !hasExponent && (1...3).contains(whole)
      && text[digitsStart] != UInt8(ascii: "0")
  }

  @inline(__always)
  private static func add(
    _ digit: UInt8, _ mantissa: inout UInt64, _ significant: inout Int, _ exponent: inout Int,
    isDecimal: Bool
  ) {
    // Nineteen digits fit; those after them are only counted.
    if significant < 19 {
      mantissa = mantissa &* 10 &+ UInt64(digit &- 0x30)
      if mantissa != 0 { significant += 1 }
      if isDecimal { exponent -= 1 }
    } else {
      significant += 1
      if !isDecimal { exponent += 1 }
    }
  }

  /// The signed digits from `start` to the end; beyond a million they are all the same.
  private static func exponent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var position = start
    guard position < text.count else { return nil }
    let isNegative = text[position] == UInt8(ascii: "-")
    if isNegative || text[position] == UInt8(ascii: "+") { position += 1 }
    guard position < text.count else { return nil }
    var value = 0
    while position < text.count {
      guard text[position].isDigit else { return nil }
      value = min(1_000_000, value * 10 + Int(text[position] &- 0x30))
      position += 1
    }
    return isNegative ? -value : value
  }

  /// Exact where a product or quotient of two exact numbers is (Clinger 1990), else by the standard library.
  private static func magnitude(
    _ mantissa: UInt64, significant: Int, exponent: Int, _ text: UnsafeRawBufferPointer,
    _ decimal: UInt8?
  ) -> Double? {
    if significant <= 19, mantissa < 1 << 53, (-22...22).contains(exponent) {
      let whole = Double(mantissa)
      return exponent < 0 ? whole / powers[-exponent] : whole * powers[exponent]
    }
    if mantissa == 0 { return 0 }
    var spelled = String(decoding: text, as: UTF8.self)
    if decimal == UInt8(ascii: ",") { spelled = String(spelled.map { $0 == "," ? "." : $0 }) }
    return Double(spelled).map(abs)
  }
}
