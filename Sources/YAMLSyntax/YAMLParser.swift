import CYAML
import Diagnostics

/// Builds a located tree from libyaml's events.
///
/// Stops at the first thing that is not YAML (what follows cannot be understood), but goes on after a
/// duplicate key or an unknown tag.
package struct YAMLParser: ~Copyable {
  private let file: SourceFile
  private let limits: YAMLLimits
  /// Where the parsed text starts inside its file.
  private let origin: Position
  private let diagnostics: DiagnosticCollector
  private var events: YAMLEvents
  private var anchors: [String: YAMLNode?] = [:]
  private var nodes = 0

  /// The tree of a document.
  ///
  /// - Parameters:
  ///   - text: a part of `file` that starts at `origin`; the whole file where it is nil.
  ///   - diagnostics: gets every finding.
  /// - Returns: nothing where the text is not one YAML document within the limits.
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
      diagnostics.error(error.message, at: error.range, hint: error.hint)
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

  /// Why the rest of the text cannot be read.
  private struct Stop: Error {
    var message: String
    var range: SourceRange
    var hint: String?
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
        hint: "one experiment a file")
    }
    return root
  }

  private mutating func node(from event: YAMLEvents.Event, depth: Int) throws(Stop) -> YAMLNode {
    if depth > limits.depth {
      throw Stop(message: "nested deeper than \(limits.depth) levels", range: range(event))
    }
    if event.kind == .alias { return try expand(event) }
    if let anchor = event.anchor { anchors[anchor] = .some(nil) }
    check(tag: event)
    let node: YAMLNode
    switch event.kind {
    case .sequenceStart: node = try sequence(from: event, depth: depth)
    case .mappingStart: node = try mapping(from: event, depth: depth)
    default:
      let style = event.tag == "tag:yaml.org,2002:str" ? YAMLScalar.Style.quoted : event.style
      node = YAMLNode(.scalar(YAMLScalar(text: event.text, style: style)), at: range(event))
    }
    try spend(1, at: event)
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
        throw Stop(message: "a key must be a word, not \(key.kindInWords)", range: keyRange)
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
    return YAMLNode(.mapping(entries), at: extent(start, last: entries.last?.value.range, end: event))
  }

  /// Block collections end where the next token starts, perhaps lines later; their last item's end
  /// is what a person sees.
  private func extent(
    _ start: YAMLEvents.Event, last: SourceRange?, end: YAMLEvents.Event
  ) -> SourceRange {
    if start.isFlow || last == nil { return range(start).through(range(end)) }
    return range(start).through(last ?? range(end))
  }

  private mutating func expand(_ event: YAMLEvents.Event) throws(Stop) -> YAMLNode {
    let name = event.anchor ?? ""
    guard let anchored = anchors[name] else {
      throw Stop(
        message: "undefined alias '*\(name)'", range: range(event),
        hint: Suggestion.hint(for: name, among: anchors.keys.sorted()))
    }
    guard var node = anchored else {
      throw Stop(message: "alias '*\(name)' stands inside its own anchor", range: range(event))
    }
    try spend(node.count, at: event)
    // Errors in the value are shown where it was written; the alias itself is where it is used.
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

  private func check(tag event: YAMLEvents.Event) {
    guard let tag = event.tag else { return }
    let core = ["str", "int", "float", "bool", "null", "seq", "map"].map { "tag:yaml.org,2002:" + $0 }
    if tag != "!" && !core.contains(tag) {
      diagnostics.error("unknown tag '\(tag)'", at: range(event), hint: "remove the tag")
    }
  }

  private mutating func next() throws(Stop) -> YAMLEvents.Event {
    let event = events.next()
    if let problem = event.problem {
      let place = position(event.start)
      let end = Position(line: place.line, column: place.column + 1)
      throw Stop(
        message: "not YAML: \(problem)", range: SourceRange(file: file, start: place, end: end),
        hint: file.line(place.line).contains("\t") ? "YAML is indented with spaces, not tabs" : nil)
    }
    return event
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
