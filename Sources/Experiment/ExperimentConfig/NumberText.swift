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

  /// A time that is counted, always with seconds: `1:05`, `2:03:20`. Rounded up; `–` if not a number.
  package static func clock(_ seconds: Double) -> String {
    if seconds.isNaN { return "–" }
    let whole = Int(min(max(seconds, 0), 1e7).rounded(.up))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let minutes = whole / 60 % 60
    return whole >= 3600
      ? "\(whole / 3600):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }

  /// A share as a percentage: `0.98769` as `98.8%`.
  package static func percent(_ share: Double, _ decimals: Int = 1) -> String {
    fixed(share * 100, decimals) + "%"
  }

  /// A duration to be read: `0.42 s`, `59.9 s`, `2 min 5 s`, `3 h 20 min`; `–` if not a number.
  package static func duration(_ seconds: Double) -> String {
    if seconds.isNaN { return "–" }
    let seconds = min(max(seconds, 0), 1e12)
    if seconds < 9.995 { return fixed(seconds, 2) + " s" }
    if seconds < 59.95 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(grouped(whole / 3600)) h \(whole / 60 % 60) min"
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
