import Diagnostics
import ExperimentConfig

/// Parses the part after `=` of the arguments of `runner sweep`.
package enum SweepSyntax {
  /// The meaning of a value.
  package enum Meaning: Sendable, Equatable {
    /// An override for all trials.
    case plain
    /// The values of one key.
    case axis(SearchSpace.Domain)
  }

  package struct Failure: Error, Equatable {
    package var message: String
    package var hint: String?

    package init(_ message: String, hint: String? = nil) {
      self.message = message
      self.hint = hint
    }
  }

  /// - Parameter kind: the key's type in the schema, which decides whether `[a,b]` is a single value.
  package static func read(
    _ text: String, kind: KeyPlace.Kind
  ) throws(Failure) -> Meaning {
    if let (name, body) = function(text) {
      return .axis(try self.function(name, body))
    }
    try refuseUnclosed(text)
    if kind != .text && kind != .other { try refuseMistypedFunction(text) }
    let inner = brackets(text)
    if kind == .list {
      if let inner {
        let items = try list(inner)
        // `[[1,2],[3,4]]` is a list of values; `[1,2]` is a single one.
        let areLists = !items.isEmpty && items.allSatisfy { brackets($0) != nil }
        return areLists ? .axis(.values(items.map { [$0] })) : .plain
      }
    } else if let inner {
      let items = try list(inner)
      if items.isEmpty { throw Failure("'\(text)' has no value") }
      return .axis(.values(items.map { [$0] }))
    }
    if kind == .text { return .plain }
    let items = try list(text)
    return items.count > 1 ? .axis(.values(items.map { [$0] })) : .plain
  }

  private static let zipForm = "write 'zip(lr=[…],batch_size=[…])'"

  /// Whether an argument begins like `zip(…)`, complete or not.
  static func isZip(_ text: String) -> Bool {
    let name = text.prefix { $0 != "=" && $0 != "(" && $0 != "[" && $0 != "{" }
    return trimmed(String(name)) == "zip"
      && text.dropFirst(name.count).first.map { $0 != "=" } ?? false
  }

  /// The keys and values of `zip(a=[…],b=[…])`; `nil` for other arguments.
  package static func zip(_ text: String) throws(Failure) -> [(key: String, values: String)]? {
    guard isZip(text) else { return nil }
    guard text.hasPrefix("zip(") else {
      throw Failure("'zip' takes parentheses", hint: zipForm)
    }
    try refuseOpenZip(text)
    let parts = try list(String(text.dropFirst(4).dropLast()))
    if parts.count < 2 {
      throw Failure("'zip' takes at least two keys", hint: zipForm)
    }
    var result: [(key: String, values: String)] = []
    for part in parts {
      guard let sign = part.firstIndex(of: "="), sign != part.startIndex else {
        throw Failure("'\(part)' in 'zip' is not key=[…]")
      }
      result.append((String(part[..<sign]), String(part[part.index(after: sign)...])))
    }
    return result
  }

  /// Reports a `zip(…)` whose bracket is not closed, or text after its end.
  private static func refuseOpenZip(_ text: String) throws(Failure) {
    guard let end = end(of: text, from: 3) else {
      // An unclosed inner bracket is reported instead.
      if text.hasSuffix(")") { _ = try list(String(text.dropFirst(4).dropLast())) }
      throw Failure("'\(text)' has no ')' to close 'zip('", hint: blankHint)
    }
    let rest = trimmed(String(text.dropFirst(end + 1)))
    if !rest.isEmpty {
      throw Failure("'\(rest)' follows the ')' of '\(text)'", hint: zipForm)
    }
  }

  /// The position of the bracket that closes the one at `start`; `nil` if there is none.
  private static func end(of text: String, from start: Int) -> Int? {
    var depth = 0
    var quote: Character?
    for (position, character) in text.enumerated().dropFirst(start) {
      if let mark = quote {
        if character == mark { quote = nil }
        continue
      }
      switch character {
      case "\"": quote = character
      case "[", "{", "(": depth += 1
      case "]", "}", ")":
        depth -= 1
        if depth == 0 { return position }
      default: break
      }
    }
    return nil
  }

  private static let blankHint =
    "the shell splits words at spaces: write it without spaces, or in quotes"

  /// Reports a list or a function whose bracket is not closed. For most keys this is found when the
  /// values are parsed; text may contain any bracket except one that begins a sweep.
  private static func refuseUnclosed(_ text: String) throws(Failure) {
    let text = trimmed(text)
    let name = String(text.prefix { $0 != "[" })
    guard text.contains("["), name.isEmpty || names.contains(name),
      end(of: text, from: name.count) == nil
    else { return }
    throw Failure("'\(text)' has no ']' to close '\(name)['", hint: blankHint)
  }

  // MARK: Lists

  /// The text between `[` and a `]` at the very end; `nil` if the text is not a list.
  static func brackets(_ text: String) -> String? {
    let trimmed = trimmed(text)
    guard trimmed.hasPrefix("["), trimmed.hasSuffix("]"), trimmed.count >= 2 else { return nil }
    return String(trimmed.dropFirst().dropLast())
  }

  /// Splits at the commas outside brackets and quotes.
  static func list(_ text: String) throws(Failure) -> [String] {
    var parts: [String] = []
    var part = ""
    var open: [Character] = []
    var quote: Character?
    /// The quotation mark of the most recently closed string.
    var closed: Character?
    var isEscaped = false
    for character in text {
      if let mark = quote {
        part.append(character)
        if isEscaped {
          isEscaped = false
        } else if character == "\\", mark == "\"" {
          isEscaped = true
        } else if character == mark {
          quote = nil
          closed = mark
        }
        continue
      }
      switch character {
      case "\"", "'":
        // An apostrophe within a word is not a quotation mark; two of them within quotes are an
        // escaped one.
        let before = trimmed(part).last
        let isDoubled = closed == character && part.last == character
        if isDoubled || before.map({ "[{(,:".contains($0) }) ?? true { quote = character }
        part.append(character)
      case "[", "{", "(":
        open.append(character == "[" ? "]" : character == "{" ? "}" : ")")
        part.append(character)
      case "]", "}", ")":
        guard open.popLast() == character else {
          throw Failure("'\(text)' has an unmatched '\(character)'")
        }
        part.append(character)
      case "," where open.isEmpty:
        parts.append(trimmed(part))
        part = ""
      default: part.append(character)
      }
    }
    if let last = open.last {
      throw Failure(
        "'\(text)' has no '\(last)' at its end",
        hint: blankHint)
    }
    if quote != nil { throw Failure("'\(text)' has a quotation mark that is not closed") }
    let last = trimmed(part)
    if parts.isEmpty, last.isEmpty { return [] }
    parts.append(last)
    if parts.contains("") {
      throw Failure("a value is missing next to a comma in '\(text)'", hint: "write null for none")
    }
    return parts
  }

  static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }

  // MARK: Functions

  private static let names = ["range", "linspace", "logspace", "uniform", "loguniform"]

  private static func function(_ text: String) -> (name: String, body: String)? {
    let text = trimmed(text)
    guard text.hasSuffix("]"), let bracket = text.firstIndex(of: "[") else { return nil }
    let name = String(text[..<bracket])
    guard names.contains(name) else { return nil }
    return (name, String(text[text.index(after: bracket)...].dropLast()))
  }

  /// Rejects `logspce[…]`, or `uniform(0,1)` from other programs, which would be taken for plain
  /// values.
  private static func refuseMistypedFunction(_ text: String) throws(Failure) {
    let text = trimmed(text)
    let name = String(text.prefix { $0.isASCII && $0.isLetter })
    let rest = text.dropFirst(name.count)
    guard !name.isEmpty, rest.hasPrefix("[") || rest.hasPrefix("("),
      rest.last == "]" || rest.last == ")"
    else { return }
    if names.contains(name) {
      throw Failure("'\(name)' takes brackets", hint: "write \(form(name))")
    }
    let known = "known: \(names.joined(separator: ", ")); lists are key=[a,b]"
    throw Failure(
      "unknown '\(name)' in '\(text)'", hint: Suggestion.hint(for: name, among: names) ?? known)
  }

  private static func form(_ name: String) -> String {
    switch name {
    case "uniform", "loguniform": "\(name)[a:b]"
    case "range": "range[a:b:step]"
    default: "\(name)[a:b:n]"
    }
  }

  private static func function(
    _ name: String, _ body: String
  ) throws(Failure) -> SearchSpace.Domain {
    let isDraw = name == "uniform" || name == "loguniform"
    let form = form(name)
    let texts = body.split(separator: ":", omittingEmptySubsequences: false)
      .map { trimmed(String($0)) }
    let numbers = texts.compactMap(number)
    let counts = isDraw ? 2...2 : name == "range" ? 2...3 : 3...3
    guard numbers.count == texts.count, counts.contains(texts.count) else {
      throw Failure("'\(name)[\(body)]' is not \(form) with numbers", hint: "write \(form)")
    }
    let (first, last) = (numbers[0], numbers[1])
    if name.hasPrefix("log"), first <= 0 || last <= 0 {
      throw Failure(
        "the ends of '\(name)' must be above 0, found \(texts[first <= 0 ? 0 : 1])",
        hint: "they are values, not exponents: \(name)[1e-5:1e-1\(isDraw ? "" : ":5")]")
    }
    if isDraw {
      guard first < last else {
        throw Failure("'\(name)[\(body)]' is empty", hint: "the smaller end must come first")
      }
      return name == "uniform" ? .uniform(first, last) : .logUniform(first, last)
    }
    let values: [Double]
    if name == "range" {
      let step = numbers.count == 3 ? numbers[2] : 1
      guard let range = NumberSequence.range(first, last, step: step) else {
        throw Failure(
          "'range[\(body)]' is empty or has more than \(NumberSequence.limit) values",
          hint: "the step must lead from the first end to the second")
      }
      values = range
    } else {
      guard let count = Int(texts[2]), (1...NumberSequence.limit).contains(count) else {
        throw Failure("'\(name)' takes a whole number of values, found \(texts[2])")
      }
      values =
        name == "linspace"
        ? NumberSequence.linear(first, last, count: count)
        : NumberSequence.logarithmic(first, last, count: count)
    }
    return .values(values.map { [NumberText.short($0)] })
  }

  private static func number(_ text: String) -> Double? {
    guard let first = text.first, first.isNumber || "+-.".contains(first),
      text.last != "." || text.count > 1,
      !text.lowercased().contains("x"), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }
}
