import Diagnostics

/// The words and signs of a filter, with their places.
struct FilterTokens {
  struct Token {
    enum Kind: Equatable {
      case word, quoted, comparison, open, close, end
    }

    var kind: Kind
    var text: String
    var range: SourceRange

    /// Whether it is `and`, `or` or `not`.
    func isKeyword(_ word: String) -> Bool { kind == .word && text.lowercased() == word }
    var isKeyword: Bool { ["and", "or", "not"].contains { isKeyword($0) } }
  }

  private let file: SourceFile
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    file = SourceFile(name: "--filter", text: text, kind: .commandLine)
    scalars = Array(text.unicodeScalars)
  }

  /// The next token.
  ///
  /// - Throws: ``InputError`` for a text without its second quotation mark, and signs that mean nothing.
  mutating func next() throws(InputError) -> Token {
    while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
    let start = position
    guard start < scalars.count else { return token(.end, from: start) }
    let scalar = scalars[start]
    position += 1
    switch scalar {
    case "(": return token(.open, from: start)
    case ")": return token(.close, from: start)
    case "'", "\"": return try quoted(scalar, from: start)
    case "=", "<", ">", "!": return try comparison(from: start)
    default:
      while position < scalars.count, Self.isWord(scalars[position]) { position += 1 }
      return token(.word, from: start)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.properties.isWhitespace && !"()=<>!'\"".unicodeScalars.contains(scalar)
  }

  private mutating func quoted(
    _ mark: Unicode.Scalar, from start: Int
  ) throws(InputError) -> Token {
    while position < scalars.count, scalars[position] != mark { position += 1 }
    guard position < scalars.count else {
      throw InputError("the text has no closing quotation mark", at: range(from: start))
    }
    position += 1
    var result = token(.quoted, from: start)
    result.text = String(result.text.dropFirst().dropLast())
    return result
  }

  private mutating func comparison(from start: Int) throws(InputError) -> Token {
    while position < scalars.count, "=<>!".unicodeScalars.contains(scalars[position]) {
      position += 1
    }
    let result = token(.comparison, from: start)
    if RunFilter.Comparison(rawValue: result.text) != nil { return result }
    let meant = ["==": "=", "=>": ">=", "=<": "<=", "<>": "!=", "!": "not"][result.text]
    throw InputError(
      "'\(result.text)' is not a comparison", at: result.range,
      hint: meant.map { "write \($0)" } ?? "there are = != < <= > >=")
  }

  private func token(_ kind: Token.Kind, from start: Int) -> Token {
    let text = String(String.UnicodeScalarView(scalars[start..<position]))
    return Token(kind: kind, text: text, range: range(from: start))
  }

  private func range(from start: Int) -> SourceRange {
    SourceRange(
      file: file, start: Position(line: 1, column: start + 1),
      end: Position(line: 1, column: position + 1))
  }
}
