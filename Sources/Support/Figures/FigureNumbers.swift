extension Int {
  /// The number with thousands separated by commas.
  package var grouped: String {
    let digits = Array(String(magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map {
      String(digits[Swift.max(0, $0 - 3)..<$0])
    }
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }
}

extension Double {
  /// The value times 100 with at most one decimal. Values just below 100 are not rounded up to it.
  package var percent: String {
    let tenths = (self * 1000).rounded()
    if tenths >= 1000 { return self >= 1 ? "100" : "99.9" }
    if tenths <= 0 { return self > 0 ? "<0.1" : "0" }
    return "\(Int(tenths) / 10).\(Int(tenths) % 10)"
  }
}

extension Double {
  /// The value with up to `digits` decimals, without a trailing `.0`.
  package func rounded(digits: Int) -> String {
    let factor = (0..<digits).reduce(1.0) { value, _ in value * 10 }
    let value = (self * factor).rounded() / factor
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
