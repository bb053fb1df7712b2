extension Int {
  /// With a comma between the thousands.
  package var grouped: String {
    let digits = Array(String(magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map {
      String(digits[Swift.max(0, $0 - 3)..<$0])
    }
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }
}

extension Double {
  /// Hundredfold with one digit after the point; what is not quite 100 is not called so.
  package var percent: String {
    let tenths = (self * 1000).rounded()
    if tenths >= 1000 { return self >= 1 ? "100" : "99.9" }
    if tenths <= 0 { return self > 0 ? "<0.1" : "0" }
    return "\(Int(tenths) / 10).\(Int(tenths) % 10)"
  }
}

extension Double {
  /// In so many digits after the point, without zeros at the end.
  package func rounded(digits: Int) -> String {
    let factor = (0..<digits).reduce(1.0) { value, _ in value * 10 }
    let value = (self * factor).rounded() / factor
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
