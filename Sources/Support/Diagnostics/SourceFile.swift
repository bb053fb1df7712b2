/// A text that diagnostics can point into: a file, or one `key=value` of the command line.
package final class SourceFile: Sendable {
  package enum Kind: Sendable {
    case file, commandLine
    /// A default value of the schema, written in the program.
    case builtIn
  }

  package let kind: Kind
  /// What a person sees before `:line:column`.
  package let name: String
  package let text: String
  private let lines: [Substring]

  package init(name: String, text: String, kind: Kind = .file) {
    self.kind = kind
    self.name = name
    self.text = text
    lines = Self.lines(of: text)
  }

  /// The lines as YAML counts them, so that line numbers agree with its parser's.
  private static func lines(of text: String) -> [Substring] {
    var lines: [Substring] = []
    let bytes = text.utf8
    var start = bytes.startIndex
    var index = start
    while index < bytes.endIndex {
      let length = breakLength(bytes[index...])
      if length == 0 {
        bytes.formIndex(after: &index)
        continue
      }
      lines.append(text[start..<index])
      bytes.formIndex(&index, offsetBy: length)
      start = index
    }
    lines.append(text[start...])
    return lines
  }

  /// The bytes of the line break that starts here: LF, CR, CR LF, NEL, LS or PS.
  private static func breakLength(_ bytes: Substring.UTF8View) -> Int {
    switch bytes.first {
    case 0x0A: 1
    case 0x0D: bytes.dropFirst().first == 0x0A ? 2 : 1
    case 0xC2: bytes.dropFirst().first == 0x85 ? 2 : 0
    case 0xE2:
      bytes.starts(with: [0xE2, 0x80, 0xA8]) || bytes.starts(with: [0xE2, 0x80, 0xA9]) ? 3 : 0
    default: 0
    }
  }

  /// The end of the last line on which something stands.
  package var end: Position {
    let last = lines.lastIndex { $0.contains { $0 != " " } } ?? 0
    return Position(line: last + 1, column: lines[last].unicodeScalars.count + 1)
  }

  /// The text of a line, counted from 1, without its line break; empty beyond the end.
  package func line(_ number: Int) -> Substring {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }
}

/// A place in a text: line and column from 1, the column counted in Unicode scalars.
package struct Position: Hashable, Comparable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A stretch of a text, `end` excluded.
package struct SourceRange: Sendable {
  package let file: SourceFile
  package let start: Position
  package let end: Position

  package init(file: SourceFile, start: Position, end: Position) {
    self.file = file
    self.start = start
    self.end = max(start, end)
  }

  /// From this range's start to the other's end.
  package func through(_ other: SourceRange) -> SourceRange {
    SourceRange(file: file, start: start, end: other.end)
  }
}

extension SourceRange: CustomStringConvertible {
  /// `file:line:column` of the start.
  package var description: String { "\(file.name):\(start.line):\(start.column)" }
}

extension SourceRange: Hashable {
  package static func == (left: SourceRange, right: SourceRange) -> Bool {
    left.file === right.file && left.start == right.start && left.end == right.end
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(file))
    hasher.combine(start)
    hasher.combine(end)
  }
}
