import Diagnostics

/// Parses filters; see ``RunFilter`` for the grammar.
struct FilterParser {
  /// The maximum depth of parentheses and negations.
  private static let deepest = 100

  private var tokens: FilterTokens
  private var token: FilterTokens.Token
  private let fields: RunFields
  private let diagnostics = DiagnosticCollector()
  private(set) var needsSizes = false

  init(_ text: String, _ fields: RunFields) throws(InputError) {
    tokens = FilterTokens(text)
    token = try tokens.next()
    self.fields = fields
  }

  /// - Throws: ``InputError``: the first error of the syntax, or all errors of names and values.
  mutating func parse() throws(InputError) -> RunFilter.Node {
    let node = try any(depth: 0)
    guard token.kind == .end else {
      throw InputError(
        token.kind == .close
          ? "this parenthesis closes none" : "expected 'and' or 'or', found '\(token.text)'",
        at: token.range)
    }
    if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    return node
  }

  private mutating func any(depth: Int) throws(InputError) -> RunFilter.Node {
    var nodes = [try all(depth: depth)]
    while token.isKeyword("or") {
      token = try tokens.next()
      nodes.append(try all(depth: depth))
    }
    return nodes.count == 1 ? nodes[0] : .any(nodes)
  }

  private mutating func all(depth: Int) throws(InputError) -> RunFilter.Node {
    var nodes = [try factor(depth: depth)]
    while token.isKeyword("and") {
      token = try tokens.next()
      nodes.append(try factor(depth: depth))
    }
    return nodes.count == 1 ? nodes[0] : .all(nodes)
  }

  private mutating func factor(depth: Int) throws(InputError) -> RunFilter.Node {
    guard depth < Self.deepest else {
      throw InputError("the filter is nested too deeply", at: token.range)
    }
    if token.isKeyword("not") {
      token = try tokens.next()
      return .not(try factor(depth: depth + 1))
    }
    guard token.kind == .open else { return try comparison() }
    let open = token.range
    token = try tokens.next()
    let node = try any(depth: depth + 1)
    guard token.kind == .close else {
      throw InputError("this parenthesis is not closed", at: open)
    }
    token = try tokens.next()
    return node
  }

  private mutating func comparison() throws(InputError) -> RunFilter.Node {
    let name = token
    guard name.kind == .word, !name.isKeyword else {
      throw InputError(
        name.kind == .end
          ? "expected a comparison, such as lr<1e-3" : "expected a name, found '\(name.text)'",
        at: name.range)
    }
    token = try tokens.next()
    guard let comparison = RunFilter.Comparison(rawValue: token.text), token.kind == .comparison
    else {
      throw InputError(
        "expected a comparison after '\(name.text)'", at: token.range,
        hint: "such as \(name.text) = VALUE; there are = != < <= > >=")
    }
    let sign = token
    token = try tokens.next()
    let value = token
    guard value.kind == .quoted || value.kind == .word && !value.isKeyword else {
      throw InputError(
        "expected a value after '\(sign.text)'", at: value.range,
        hint: value.kind == .word ? "put '\(value.text)' into quotation marks" : nil)
    }
    token = try tokens.next()
    guard let field = fields.find(name.text) else {
      diagnostics.error(
        "no run has a value '\(name.text)'", at: name.range, hint: fields.hint(for: name.text))
      return .any([])
    }
    if field == .size { needsSizes = true }
    do throws(FilterTest.Problem) {
      return .test(
        try FilterTest(field, comparison, value.text, isQuoted: value.kind == .quoted))
    } catch {
      diagnostics.error(
        error.message, at: error.isAboutValue ? value.range : sign.range, hint: error.hint)
      return .any([])
    }
  }
}
