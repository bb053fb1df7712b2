import Diagnostics

/// Lines of an experiment file, each perhaps with a comment that says why it is so.
struct CommentedLines {
  private var lines: [(text: String, comment: String?)] = []

  /// Comments of longer lines do not move those of the others.
  private static let widestColumn = 44

  mutating func add(_ text: String, _ comment: String? = nil) { lines.append((text, comment)) }

  mutating func add(_ other: CommentedLines, indent: Int = 0) {
    let space = String(repeating: " ", count: indent)
    lines += other.lines.map { ($0.text.isEmpty ? "" : space + $0.text, $0.comment) }
  }

  /// A line that is only a comment.
  mutating func note(_ comment: String) { lines.append(("# " + comment, nil)) }

  mutating func addBlank() { lines.append(("", nil)) }

  /// The text, with comments in one column.
  var text: String {
    let widths = lines.map { $0.comment == nil ? 0 : TerminalText.width($0.text) }
    let column = min(widths.max() ?? 0, Self.widestColumn) + 2
    return zip(lines, widths).map { line, width in
      guard let comment = line.comment else { return line.text + "\n" }
      return line.text + String(repeating: " ", count: max(2, column - width)) + "# \(comment)\n"
    }.joined()
  }
}
