import Glibc

/// Numbers with four significant digits.
enum ShortNumber {
  /// `0.4914`, `12.5`, `1.25e7`.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    if value == 0 { return "0" }
    let exponent = Int(floor(log10(abs(value))))
    if exponent < -4 || exponent > 6 {
      let scaled = decimal(value / pow(10, Double(exponent)), places: 3)
      return "\(scaled)e\(exponent)"
    }
    return decimal(value, places: max(0, 3 - exponent))
  }

  private static func decimal(_ value: Double, places: Int) -> String {
    let scale = pow(10, Double(places))
    let units = Int((abs(value) * scale).rounded())
    var digits = String(units)
    while digits.count <= places { digits = "0" + digits }
    var fraction = String(digits.suffix(places))
    while fraction.last == "0" { fraction.removeLast() }
    let whole = digits.dropLast(places)
    return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : ".\(fraction)")
  }
}
