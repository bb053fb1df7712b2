import Diagnostics

/// Where the parts of a document are written, for tools that move lines and keep comments.
package struct YAMLLayout: Sendable {
  /// A key of the document's outermost mapping with its value. Lines are numbered from 1.
  package struct Entry: Sendable {
    package let key: String
    package let start: Position
    /// The last line with a part of the value; comments after it are not counted.
    package fileprivate(set) var lastLine: Int
    /// Whether blank lines after the value belong to it, as those of `|+` do.
    package fileprivate(set) var keepsBlankLines = false
  }

  /// A key or a value that is not a collection.
  package struct Scalar: Sendable {
    package let start: Position
    /// Exclusive; of block scalars the start of the line after the last one.
    package let end: Position
    package let style: YAMLScalar.Style
  }

  /// The keys of the outermost mapping, in the order of the file.
  package private(set) var entries: [Entry] = []
  /// All scalars that have a text, in the order of the file.
  package private(set) var scalars: [Scalar] = []
  package private(set) var hasAliases = false
  private let file: SourceFile

  /// - Parameter file: a valid document.
  /// - Returns: `nil` if its root is not a mapping in block style, a line for each key.
  package init?(_ file: SourceFile) {
    self.file = file
    var events = YAMLEvents(file.text)
    var event = events.next()
    while event.kind == .streamStart || event.kind == .documentStart { event = events.next() }
    guard event.kind == .mappingStart, !event.isFlow else { return nil }
    event = events.next()
    while event.kind != .mappingEnd {
      guard event.kind == .scalar else { return nil }
      let start = Self.position(event.start)
      add(event)
      entries.append(Entry(key: event.text, start: start, lastLine: start.line))
      var depth = 0
      repeat {
        event = events.next()
        guard event.kind != .failure, event.kind != .streamEnd else { return nil }
        switch event.kind {
        case .mappingStart, .sequenceStart: depth += 1
        case .mappingEnd, .sequenceEnd: depth -= 1
        default: break
        }
        add(event)
        extend(through: event)
      } while depth > 0
      event = events.next()
    }
  }

  private mutating func add(_ event: YAMLEvents.Event) {
    if event.kind == .alias { hasAliases = true }
    guard event.kind == .scalar else { return }
    let (start, end) = (Self.position(event.start), Self.position(event.end))
    if start != end { scalars.append(Scalar(start: start, end: end, style: event.style)) }
  }

  /// Makes the last entry as long as the event demands. libyaml ends block collections where the next token
  /// starts, so that their ends say nothing.
  private mutating func extend(through event: YAMLEvents.Event) {
    let (start, end) = (Self.position(event.start), Self.position(event.end))
    if event.kind == .mappingEnd || event.kind == .sequenceEnd, start == end { return }
    let last = end.column == 1 && end.line > start.line ? end.line - 1 : end.line
    let index = entries.count - 1
    entries[index].lastLine = max(entries[index].lastLine, last)
    if event.kind == .scalar {
      entries[index].keepsBlankLines = event.style == .block && keepsLineBreaks(at: start)
    }
  }

  /// Whether the block scalar that starts here has the indicator `+`.
  private func keepsLineBreaks(at start: Position) -> Bool {
    var header = file.line(start.line).unicodeScalars.dropFirst(start.column - 1)
    if !header.contains(where: { $0 == "|" || $0 == ">" }) {
      header = file.line(start.line + 1).unicodeScalars[...]
    }
    let indicators = header.drop { $0 != "|" && $0 != ">" }.dropFirst()
    return indicators.prefix { !" \t#".unicodeScalars.contains($0) }.contains("+")
  }

  private static func position(_ mark: YAMLEvents.Mark) -> Position {
    Position(line: mark.line + 1, column: mark.column + 1)
  }
}
