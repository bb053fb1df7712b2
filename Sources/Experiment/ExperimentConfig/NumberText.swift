#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Formats numbers, identically on every machine and in every locale.
package enum NumberText {
  /// The shortest text that parses as the same number, without a trailing `.0`.
  package static func short(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 9.1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  /// The number with at most `digits` significant digits, as by C's `%g`: `0.000421875`, `1.5e-07`.
  package static func significant(_ value: Double, _ digits: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 32 + digits)
    let count = withVaList([Int32(digits), value]) {
      vsnprintf(&buffer, buffer.count, "%.*g", $0)
    }
    return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The number with grouped thousands: `109386` as `109,386`.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0, (digits.count - offset) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// The number with exactly `decimals` digits after the decimal point, rounded as by C's `printf`:
  /// the exact binary value, half to even.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    // The largest double has 309 digits before the decimal point.
    var buffer = [CChar](repeating: 0, count: 320 + decimals)
    let count = withVaList([Int32(decimals), value]) {
      vsnprintf(&buffer, buffer.count, "%.*f", $0)
    }
    let text = String(
      decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let isZero = text.allSatisfy { "-0.".contains($0) }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }
}
