extension ClassificationReport {
  /// The layout of scikit-learn's `classification_report`, to the character.
  ///
  /// - Parameter digits: behind the point, 0 to 18.
  package func text(digits: Int = 2) -> String {
    precondition((0...18).contains(digits))
    let averages = [
      (hasAccuracy ? "accuracy" : "micro avg", micro), ("macro avg", macro),
      ("weighted avg", weighted),
    ]
    let longest = classes.map { $0.name.unicodeScalars.count }.max() ?? 0
    let width = max(longest, "weighted avg".count, digits)

    func line(_ name: String, _ cells: [String]) -> String {
      Self.padded(name, width) + " " + cells.map { " " + Self.padded($0, 9) }.joined() + "\n"
    }
    func line(_ name: String, _ row: Row) -> String {
      line(
        name,
        [row.precision, row.recall, row.f1].map { FixedText.text($0, digits: digits) }
          + [String(row.support)])
    }

    var text = line("", ["precision", "recall", "f1-score", "support"]) + "\n"
    for (name, row) in classes { text += line(name, row) }
    text += "\n"
    for (name, row) in averages {
      text +=
        name == "accuracy"
        ? line(name, ["", "", FixedText.text(row.f1, digits: digits), String(row.support)])
        : line(name, row)
    }
    return text
  }

  /// Right-aligned, counting code points as Python does.
  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
  }
}

/// Numbers from 0 to 1 with a fixed number of digits, rounded from the exact binary value, half to even,
/// as Python and C do. Scaling a `Double` first would round twice.
enum FixedText {
  static func text(_ value: Double, digits: Int) -> String {
    precondition((0...1).contains(value))
    // value = significand / 2^shift
    let significand = UInt128(value.significandBitPattern) | (value.isNormal ? 1 << 52 : 0)
    let shift = 1075 - max(Int(value.exponentBitPattern), 1)
    var scale: UInt128 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = significand * scale
    var rounded = shift < 128 ? scaled >> UInt128(shift) : 0
    let rest = shift < 128 ? scaled - (rounded << UInt128(shift)) : scaled
    // A shift of 128 or more leaves less than half of the last digit.
    if shift < 128 {
      let half: UInt128 = 1 << UInt128(shift - 1)
      if rest > half || (rest == half && rounded % 2 == 1) { rounded += 1 }
    }
    let whole = String(UInt64(rounded / scale))
    if digits == 0 { return whole }
    let fraction = String(UInt64(rounded % scale))
    return whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
