/// Renders diagnostics as text; the only place that does.
///
///     experiments/typo.yaml:16:5: error: unknown layer 'liner'
///     16 |   - liner: 128
///        |     ^~~~~ did you mean 'linear'?
package struct DiagnosticRenderer: Sendable {
  package var useColor: Bool
  /// The maximum width of source excerpts in columns; longer lines are cut around the caret.
  package var width: Int

  package init(useColor: Bool = false, width: Int = 100) {
    self.useColor = useColor
    self.width = width
  }

  /// All diagnostics with their notes, each followed by a line break.
  package func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined()
  }

  package func render(_ diagnostic: Diagnostic) -> String {
    var text = ""
    if let range = diagnostic.range {
      text += bold(TerminalText.line("\(range)")) + ": "
    }
    text += label(diagnostic.severity) + ": " + bold(TerminalText.line(diagnostic.message))
    if let range = diagnostic.range {
      text += "\n" + excerpt(range, hint: diagnostic.hint)
    } else if let hint = diagnostic.hint {
      text += " (\(TerminalText.line(hint)))\n"
    } else {
      text += "\n"
    }
    for note in diagnostic.notes { text += render(note) }
    return text
  }

  private func excerpt(_ range: SourceRange, hint: String?) -> String {
    let number = String(range.start.line)
    let blank = String(repeating: " ", count: number.count)
    let scalars = Array(range.file.line(range.start.line).unicodeScalars)
    let start = min(max(range.start.column - 1, 0), scalars.count)
    // A range over several lines is underlined to the end of the text on its first line.
    let lineEnd = max((scalars.lastIndex { $0 != " " } ?? -1) + 1, start)
    let isOneLine = range.end.line == range.start.line
    let end = max(start, isOneLine ? min(range.end.column - 1, lineEnd) : lineEnd)

    // In a long line, keep the caret visible with some context before it.
    var first = 0
    if start > width - 20 { first = start - width / 3 }
    let last = min(scalars.count, first + width)
    let shown = scalars[first..<last].map(TerminalText.printable(scalar:))
    let lead = first > 0 ? "…" : ""
    let tail = last < scalars.count ? "…" : ""

    let before = shown.prefix(start - first).reduce(lead.count) { $0 + TerminalText.width($1) }
    let marked = shown.dropFirst(start - first).prefix(end - start)
      .reduce(0) { $0 + TerminalText.width($1) }
    var underline = "^" + String(repeating: "~", count: max(marked, 1) - 1)
    if useColor { underline = "\u{1B}[32;1m\(underline)\u{1B}[0m" }
    let remedy = hint.map { " " + TerminalText.line($0) } ?? ""
    return "\(number) | \(lead)\(shown.joined())\(tail)\n"
      + "\(blank) | \(String(repeating: " ", count: before))\(underline)\(remedy)\n"
  }

  private func bold(_ text: String) -> String { useColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  private func label(_ severity: Diagnostic.Severity) -> String {
    guard useColor else { return severity.rawValue }
    let color =
      switch severity {
      case .error: "31"
      case .warning: "35"
      case .note: "36"
      }
    return "\u{1B}[\(color);1m\(severity.rawValue)\u{1B}[0m"
  }
}
