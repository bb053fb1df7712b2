import Diagnostics
import YAMLSyntax

/// Parses scalars according to the type that the schema requires. YAML's own guesses (`no` is
/// false, `010` is eight, `1:30` is ninety) are not used.
enum ScalarTyping {
  struct Failure: Error {
    var message: String
    var hint: String?
    /// Whether the text has the right form but an invalid value.
    var isRange = false
  }

  static func integer(
    _ scalar: YAMLScalar, _ limits: NumberLimits, label: String
  ) throws(Failure) -> Int {
    // Also in quotes: YAML 1.1 writers quote `1e-3`, which is text to them.
    let text = scalar.text
    let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      var hint = numberHint(text)
      if let value = Double(text), value == value.rounded(), abs(value) < 1e15 {
        hint = "write \(NumberText.short(value))"
      }
      throw Failure(
        message: "expected an integer for '\(label)', found '\(clipped(text))'", hint: hint)
    }
    try refuseLeadingZero(digits, text, "an integer", label)
    guard let value = Int(text) else {
      throw Failure(message: "'\(label)' is too large: \(clipped(text))", isRange: true)
    }
    try check(Double(value), limits, label, text)
    return value
  }

  static func number(
    _ scalar: YAMLScalar, _ limits: NumberLimits, label: String
  ) throws(Failure) -> Double {
    let text = scalar.text
    guard isDecimal(text), let value = Double(text) else {
      throw Failure(
        message: "expected a number for '\(label)', found '\(clipped(text))'",
        hint: numberHint(text))
    }
    let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    try refuseLeadingZero(
      unsigned.prefix { $0.isNumber }, text, "a number", label)
    guard value.isFinite else {
      throw Failure(
        message: "'\(label)' is too large for a 64-bit float: \(clipped(text))", isRange: true)
    }
    if value == 0,
      text.prefix(while: { $0 != "e" && $0 != "E" }).contains(where: { "1"..."9" ~= $0 })
    {
      throw Failure(
        message: "'\(label)' is too small for a 64-bit float: \(clipped(text))", isRange: true)
    }
    try check(value, limits, label, text)
    return value
  }

  static func boolean(_ scalar: YAMLScalar, label: String) throws(Failure) -> Bool {
    if scalar.style == .plain, scalar.text == "true" { return true }
    if scalar.style == .plain, scalar.text == "false" { return false }
    let meaning: String? =
      switch scalar.text.lowercased() {
      case "true", "yes", "on", "y", "1": "write true"
      case "false", "no", "off", "n", "0": "write false"
      default: nil
      }
    throw Failure(
      message: "expected true or false for '\(label)', found '\(clipped(scalar.text))'",
      hint: meaning)
  }

  static func string(
    _ scalar: YAMLScalar, _ rule: StringRule, label: String
  ) throws(Failure) -> String {
    let text = scalar.text
    switch rule {
    case .any:
      if text.unicodeScalars.contains("\0") {
        throw Failure(message: "'\(label)' contains a NUL character", isRange: true)
      }
    case .fileName:
      let allowed = text.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0))
      }
      if text.isEmpty || text.first == "." || text.first == "-" || !allowed || text.utf8.count > 100
      {
        throw Failure(
          message:
            "'\(label)' may contain only letters, digits, '_', '-' and '.', found "
            + "'\(clipped(text))'",
          isRange: true)
      }
    case .device:
      let index = text.hasPrefix("cuda:") ? text.dropFirst(5) : "0"
      let isKnown = ["auto", "cpu", "mps", "cuda"].contains(text) || text.hasPrefix("cuda:")
      if !isKnown || index.isEmpty || index.count > 4 || !index.allSatisfy({ "0"..."9" ~= $0 }) {
        throw Failure(
          message:
            "expected auto, cpu, cuda, cuda:N or mps for '\(label)', found '\(clipped(text))'",
          hint: text.lowercased().hasPrefix("gpu")
            ? "did you mean 'cuda'?"
            : Suggestion.hint(for: text, among: ["auto", "cpu", "cuda", "mps"]),
          isRange: true)
      }
    case .duration:
      if seconds(text) == nil {
        throw Failure(
          message: "expected a time for '\(label)', found '\(clipped(text))'",
          hint: "write 30s, 10m or 1h", isRange: true)
      }
    case .identifier:
      if !isIdentifier(text) {
        throw Failure(
          message:
            "'\(label)' may contain only letters, digits and '_' and must start with a letter, "
            + "found '\(clipped(text))'", isRange: true)
      }
    case .nodePath:
      let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      if !parts.allSatisfy({ isNodeName($0) || isIdentifier("_" + $0) }) {
        throw Failure(
          message:
            "expected the name of a node for '\(label)', or a path of names such as backbone.layer4, "
            + "found '\(clipped(text))'", isRange: true)
      }
    case .nodeName:
      if !isNodeName(text) {
        throw Failure(
          message:
            "'\(label)' may contain only letters, digits, '_' and '-' and must start with a letter, "
            + "found '\(clipped(text))'", isRange: true)
      }
    }
    return text
  }

  /// Parses `30s`, `10m` or `1.5h` to seconds; greater than 0.
  static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    guard let last = text.last, let unit = units[last], let first = text.first, first.isNumber,
      let value = Double(text.dropLast()), value > 0, value < 1e6
    else { return nil }
    return value * unit
  }

  static func choice(
    _ scalar: YAMLScalar, _ choices: [String], label: String
  ) throws(Failure) -> String {
    if choices.contains(scalar.text) { return scalar.text }
    throw Failure(
      message: "expected \(alternatives(choices)) for '\(label)', found '\(clipped(scalar.text))'",
      hint: Suggestion.hint(for: scalar.text, among: choices))
  }

  private static func isNodeName(_ text: String) -> Bool {
    !text.hasPrefix("-") && isIdentifier(text.replacing("-", with: "_"))
  }

  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter || first == "_" else { return false }
    return text.utf8.count <= 100
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  static func alternatives(_ choices: [String]) -> String {
    choices.count == 1 ? "'\(choices[0])'" : "one of " + choices.joined(separator: ", ")
  }

  /// Whether the text is a decimal number: no hexadecimal, `inf` or `_`.
  private static func isDecimal(_ text: String) -> Bool {
    var rest = text[...]
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    let whole = rest.prefix { $0.isASCII && $0.isNumber }
    rest.removeFirst(whole.count)
    var fraction = rest.prefix(0)
    if rest.first == "." {
      rest.removeFirst()
      fraction = rest.prefix { $0.isASCII && $0.isNumber }
      rest.removeFirst(fraction.count)
    }
    if whole.isEmpty && fraction.isEmpty { return false }
    if rest.isEmpty { return true }
    guard rest.first == "e" || rest.first == "E" else { return false }
    rest.removeFirst()
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    return !rest.isEmpty && rest.allSatisfy { $0.isASCII && $0.isNumber }
  }

  private static func refuseLeadingZero(
    _ digits: Substring, _ text: String, _ kind: String, _ label: String
  ) throws(Failure) {
    guard digits.count > 1, digits.first == "0" else { return }
    let sign = text.first == "-" ? "-" : ""
    let trimmed = text.drop { "+-0".contains($0) }
    throw Failure(
      message: "expected \(kind) for '\(label)', found '\(clipped(text))' with a leading zero",
      hint: trimmed.first.map(\.isNumber) == true ? "write \(sign)\(trimmed)" : nil)
  }

  private static func numberHint(_ text: String) -> String? {
    if text.contains(":") { return "times such as 1:30 are not numbers here" }
    if text.hasPrefix("[") { return "give one value" }
    if text.contains(",") { return "use a decimal point instead of a comma" }
    if text.contains("_") {
      let plain = text.filter { $0 != "_" }
      return isDecimal(plain) ? "write \(plain)" : nil
    }
    let word = text.lowercased().drop { "+-.".contains($0) }
    if ["inf", "infinity", "nan"].contains(word) { return "only finite numbers are allowed" }
    if text.hasPrefix("0x"), let value = Int(text.dropFirst(2), radix: 16) {
      return "write \(value)"
    }
    if text.hasSuffix("%"), let value = Double(text.dropLast()) {
      return "write \(NumberText.short(value / 100))"
    }
    return nil
  }

  private static func check(
    _ value: Double, _ limits: NumberLimits, _ label: String, _ text: String
  ) throws(Failure) {
    if limits.contains(value) { return }
    throw Failure(
      message: "'\(label)' must be \(limits.description), found \(clipped(text))", isRange: true)
  }

  private static func clipped(_ text: String) -> String {
    text.count > 40 ? text.prefix(40) + "…" : text
  }
}
