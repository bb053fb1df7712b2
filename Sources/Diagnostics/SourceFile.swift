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
    lines = text.split(omittingEmptySubsequences: false, whereSeparator: Self.isLineBreak)
  }

  /// What YAML counts as the end of a line, so that line numbers agree with its parser's.
  private static func isLineBreak(_ character: Character) -> Bool {
    ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(character)
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
