import Diagnostics

/// Text as Markdown (CommonMark with GitHub's tables).
package enum MarkdownText {
  /// The text on one line, with every character that Markdown would interpret escaped.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in TerminalText.line(text).unicodeScalars {
      if "\\`*_{}[]<>|~&#$".unicodeScalars.contains(scalar) { escaped += "\\" }
      escaped.unicodeScalars.append(scalar)
    }
    return escaped
  }

  /// The text as code.
  package static func code(_ text: String) -> String {
    let text = TerminalText.line(text)
    if text.isEmpty { return "" }
    // The delimiter is longer than any run of backticks within.
    let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    let mark = String(repeating: "`", count: longest + 1)
    let space = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
    return mark + space + text.replacing("|", with: "\\|") + space + mark
  }

  /// A table with text in the first column and values in the others; cells are Markdown. Empty without rows.
  package static func table(_ heading: [String], _ rows: [[String]]) -> String {
    if rows.isEmpty { return "" }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let rule = heading.indices.map { $0 == 0 ? "---" : "---:" }
    return line(heading) + line(rule) + rows.map(line).joined()
  }

  /// A list with an item a line; items are Markdown. Empty without items.
  package static func list(_ items: [String]) -> String {
    items.map { "- \($0)\n" }.joined()
  }

  /// A sentence that begins with a capital letter and ends with a full stop.
  package static func sentence(_ text: String) -> String {
    let escaped = escaped(text.prefix(1).uppercased() + text.dropFirst())
    return escaped.hasSuffix(".") || escaped.hasSuffix("!") ? escaped : escaped + "."
  }
}
