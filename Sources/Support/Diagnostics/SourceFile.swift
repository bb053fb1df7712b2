/// A text that diagnostics can point into: a file, or one `key=value` argument on the command line.
package final class SourceFile: Sendable {
  package enum Kind: Sendable {
    case file, commandLine
    /// A default value from a schema, defined in the program.
    case builtIn
  }

  package let kind: Kind
  /// The name shown before `:line:column`.
  package let name: String
  package let text: String
  private let lines: [Substring]

  package init(name: String, text: String, kind: Kind = .file) {
    self.kind = kind
    self.name = name
    self.text = text
    lines = Self.lines(of: text)
  }

  /// Splits the text into lines as YAML does, so that line numbers agree with the parser's.
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

  /// The length in bytes of the line break at the start of `bytes` (LF, CR, CR LF, NEL, LS or PS);
  /// 0 if there is none.
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

  /// The end of the last line that is not blank.
  package var end: Position {
    let last = lines.lastIndex { $0.contains { $0 != " " } } ?? 0
    return Position(line: last + 1, column: lines[last].unicodeScalars.count + 1)
  }

  /// The text of a line, numbered from 1, without its line break; empty past the end.
  package func line(_ number: Int) -> Substring {
    lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }
}

/// A position in a text: 1-based line and column, the column in Unicode scalars.
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

/// A range in a text; `end` is exclusive.
package struct SourceRange: Sendable {
  package let file: SourceFile
  package let start: Position
  package let end: Position

  package init(file: SourceFile, start: Position, end: Position) {
    self.file = file
    self.start = start
    self.end = max(start, end)
  }

  /// The range from the start of this one to the end of `other`.
  package func through(_ other: SourceRange) -> SourceRange {
    SourceRange(file: file, start: start, end: other.end)
  }
}

extension SourceRange: CustomStringConvertible {
  /// `file:line:column` of the start of the range.
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
