import CYAML
import Diagnostics

/// Builds a tree with locations from libyaml's events.
///
/// Stops at the first syntax error, after which the text cannot be interpreted, but continues after
/// a duplicate key or an unknown tag.
package struct YAMLParser: ~Copyable {
  private let file: SourceFile
  private let limits: YAMLLimits
  /// The position of the parsed text inside its file.
  private let origin: Position
  private let diagnostics: DiagnosticCollector
  private var events: YAMLEvents
  private var anchors: [String: YAMLNode?] = [:]
  private var nodes = 0

  /// Parses a document.
  ///
  /// - Parameters:
  ///   - text: a part of `file` that starts at `origin`; `nil` for the whole file.
  ///   - diagnostics: collects all errors and warnings.
  /// - Returns: `nil` if the text is not a single YAML document within the limits.
  package static func parse(
    _ file: SourceFile, text: String? = nil, at origin: Position = Position(line: 1, column: 1),
    limits: YAMLLimits = YAMLLimits(), into diagnostics: DiagnosticCollector
  ) -> YAMLNode? {
    let events = YAMLEvents(text ?? file.text)
    var parser = YAMLParser(
      file: file, limits: limits, origin: origin, diagnostics: diagnostics, events: events)
    do throws(Stop) {
      return try parser.document()
    } catch {
      diagnostics.error(error.message, at: error.range, hint: error.hint, notes: error.notes)
      return nil
    }
  }

  private init(
    file: SourceFile, limits: YAMLLimits, origin: Position, diagnostics: DiagnosticCollector,
    events: consuming YAMLEvents
  ) {
    self.file = file
    self.limits = limits
    self.origin = origin
    self.diagnostics = diagnostics
    self.events = events
  }

  /// Why parsing cannot continue.
  private struct Stop: Error {
    var message: String
    var range: SourceRange
    var hint: String?
    var notes: [Diagnostic] = []
  }

  private mutating func document() throws(Stop) -> YAMLNode {
    var event = try next()
    while event.kind == .streamStart || event.kind == .documentStart { event = try next() }
    if event.kind == .streamEnd {
      let start = SourceRange(file: file, start: origin, end: origin)
      throw Stop(message: "the file is empty", range: start)
    }
    let root = try node(from: event, depth: 1)
    event = try next()
    while event.kind == .documentEnd { event = try next() }
    if event.kind != .streamEnd {
      throw Stop(
        message: "a second document starts here", range: range(event),
        hint: "put each experiment in its own file")
    }
    return root
  }

  private mutating func node(from event: YAMLEvents.Event, depth: Int) throws(Stop) -> YAMLNode {
    if depth > limits.depth {
      throw Stop(message: "nested deeper than \(limits.depth) levels", range: range(event))
    }
    if event.kind == .alias { return try expand(event, depth: depth) }
    if let anchor = event.anchor { anchors[anchor] = .some(nil) }
    var node: YAMLNode
    switch event.kind {
    case .sequenceStart: node = try sequence(from: event, depth: depth)
    case .mappingStart: node = try mapping(from: event, depth: depth)
    default:
      let style = event.tag == "tag:yaml.org,2002:str" ? YAMLScalar.Style.quoted : event.style
      node = YAMLNode(.scalar(YAMLScalar(text: event.text, style: style)), at: range(event))
    }
    try spend(1, at: event)
    node.isReported = !isKnown(tagOf: event)
    if let anchor = event.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func sequence(
    from start: YAMLEvents.Event, depth: Int
  ) throws(Stop) -> YAMLNode {
    var items: [YAMLNode] = []
    var event = try next()
    while event.kind != .sequenceEnd {
      items.append(try node(from: event, depth: depth + 1))
      event = try next()
    }
    return YAMLNode(.sequence(items), at: extent(start, last: items.last?.range, end: event))
  }

  private mutating func mapping(
    from start: YAMLEvents.Event, depth: Int
  ) throws(Stop) -> YAMLNode {
    var entries: [YAMLEntry] = []
    var places: [String: SourceRange] = [:]
    var event = try next()
    while event.kind != .mappingEnd {
      let keyRange = range(event)
      let key = try node(from: event, depth: depth + 1)
      guard let name = key.scalar?.text else {
        throw Stop(message: "a key must be a word, not \(key.kindDescription)", range: keyRange)
      }
      let value = try node(from: try next(), depth: depth + 1)
      if let first = places[name] {
        diagnostics.error(
          "duplicate key '\(name)'", at: keyRange,
          notes: [.note("first given here", at: first)])
      } else {
        places[name] = keyRange
        entries.append(YAMLEntry(key: name, keyRange: keyRange, value: value))
      }
      event = try next()
    }
    return YAMLNode(
      .mapping(entries), at: extent(start, last: entries.last?.value.range, end: event))
  }

  /// The range of a collection. libyaml ends block collections where the next token starts,
  /// possibly lines later, so they are ended after their last item.
  private func extent(
    _ start: YAMLEvents.Event, last: SourceRange?, end: YAMLEvents.Event
  ) -> SourceRange {
    if start.isFlow || last == nil { return range(start).through(range(end)) }
    return range(start).through(last ?? range(end))
  }

  private mutating func expand(
    _ event: YAMLEvents.Event, depth: Int
  ) throws(Stop) -> YAMLNode {
    let name = event.anchor ?? ""
    guard let anchored = anchors[name] else {
      throw Stop(
        message: "undefined alias '*\(name)'", range: range(event),
        hint: Suggestion.hint(for: name, among: anchors.keys.sorted()))
    }
    guard var node = anchored else {
      throw Stop(message: "alias '*\(name)' is used inside its own anchor", range: range(event))
    }
    if depth + node.depth - 1 > limits.depth {
      throw Stop(
        message: "nested deeper than \(limits.depth) levels once aliases are expanded",
        range: range(event))
    }
    try spend(node.count, at: event)
    // Errors in the value are reported where it was written; the alias itself has the location of its use.
    if node.scalar != nil { node.range = range(event) }
    return node
  }

  private mutating func spend(_ count: Int, at event: YAMLEvents.Event) throws(Stop) {
    nodes += min(count, limits.nodes + 1)
    if nodes > limits.nodes {
      throw Stop(
        message: "more than \(limits.nodes) values once aliases are expanded", range: range(event))
    }
  }

  private func isKnown(tagOf event: YAMLEvents.Event) -> Bool {
    guard let tag = event.tag else { return true }
    let prefix = "tag:yaml.org,2002:"
    let core = ["str", "int", "float", "bool", "null", "seq", "map"].map { prefix + $0 }
    if tag == "!" || core.contains(tag) { return true }
    let written = tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    let start = position(event.start)
    let end = Position(
      line: start.line, column: start.column + written.unicodeScalars.count)
    diagnostics.error(
      "unknown tag '\(written)'", at: SourceRange(file: file, start: start, end: end),
      hint: "remove the tag")
    return false
  }

  private mutating func next() throws(Stop) -> YAMLEvents.Event {
    let event = events.next()
    if let problem = event.problem { throw stop(problem) }
    return event
  }

  private func stop(_ problem: YAMLEvents.Problem) -> Stop {
    func range(_ mark: YAMLEvents.Mark) -> SourceRange {
      // At the end of the text libyaml's position is on the line after it.
      let place = min(position(mark), file.end)
      let end = Position(line: place.line, column: place.column + 1)
      return SourceRange(file: file, start: place, end: end)
    }
    let place = range(problem.mark)
    let hint = hint(for: problem, on: file.line(place.start.line))
    guard let context = problem.context, let start = problem.contextMark else {
      return Stop(message: "not YAML: \(problem.message)", range: place, hint: hint)
    }
    let message = "not YAML: \(problem.message), \(context)"
    if problem.message.contains("end of stream") {
      // The end of the file is not a useful location, so the start of the unclosed construct is
      // reported.
      return Stop(message: message, range: range(start), hint: "it is not closed")
    }
    let isElsewhere = start.line != problem.mark.line
    return Stop(
      message: message, range: place, hint: hint,
      notes: isElsewhere ? [.note("it starts here", at: range(start))] : [])
  }

  private func hint(for problem: YAMLEvents.Problem, on line: Substring) -> String? {
    if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
      return "YAML is indented with spaces, not tabs"
    }
    if problem.context?.contains("flow") == true, line.contains("${") {
      return "inside {…} and […], put a reference in quotes: \"${…}\""
    }
    switch problem.message {
    case "mapping values are not allowed in this context":
      return "is a ':' or the space after one missing before it?"
    case "found character that cannot start any token": return "put the text in quotes"
    default: return nil
    }
  }

  private func range(_ event: YAMLEvents.Event) -> SourceRange {
    SourceRange(file: file, start: position(event.start), end: position(event.end))
  }

  private func position(_ mark: YAMLEvents.Mark) -> Position {
    Position(
      line: origin.line + mark.line,
      column: (mark.line == 0 ? origin.column : 1) + mark.column)
  }
}
