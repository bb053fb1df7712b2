import ExperimentConfig

/// Numbers as the page shows them.
enum DataWords {
  /// `1 example`, `3 examples`, `2 classes`.
  static func counted(_ count: Int, _ noun: String) -> String {
    if count == 1 { return "1 \(noun)" }
    return "\(count) \(noun)\(noun.hasSuffix("ss") ? "es" : "s")"
  }

  /// `3.3%`.
  static func percent(_ share: Double) -> String {
    NumberText.percent(share)
  }

  /// At most three digits after the point, without trailing zeros.
  static func short(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    if value != 0, abs(value) < 0.001 { return "\(value)" }
    let units = Int((abs(value) * 1000).rounded())
    var fraction = String(1000 + units % 1000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return (value < 0 && units > 0 ? "−" : "") + "\(units / 1000)"
      + (fraction.isEmpty ? "" : ".\(fraction)")
  }
}
