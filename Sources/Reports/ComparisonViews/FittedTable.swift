import Diagnostics
import Reporting

/// A table that fits a given width: cells that are too long for their column wrap.
struct FittedTable {
  private let alignments: [TextTable.Alignment]
  private var rows: [[String]] = []
  private var rules: Set<Int> = []

  init(_ alignments: [TextTable.Alignment]) { self.alignments = alignments }

  mutating func add(_ cells: [String]) { rows.append(cells) }
  mutating func addRule() { rules.insert(rows.count) }

  /// The least width of a column.
  private static let least = 8

  func render(width: Int, indent: Int = 2) -> String {
    var widths = alignments.indices.map { column in
      rows.map { column < $0.count ? TerminalText.width($0[column]) : 0 }.max() ?? 0
    }
    let room = width - indent - 2 * max(widths.count - 1, 0)
    // The widest column shrinks first.
    while widths.reduce(0, +) > room, let most = widths.max(), most > Self.least,
      let column = widths.lastIndex(of: most)
    {
      widths[column] -= 1
    }
    var table = TextTable(alignments)
    for (number, row) in rows.enumerated() {
      if rules.contains(number) { table.addRule() }
      let cells = row.enumerated().map { Self.lines($0.element, widths[$0.offset]) }
      for line in 0..<(cells.map(\.count).max() ?? 1) {
        table.add(cells.map { line < $0.count ? $0[line] : "" })
      }
    }
    return table.render(indent: indent)
  }

  /// Breaks at spaces, or inside a word that is too long by itself.
  static func lines(_ text: String, _ width: Int) -> [String] {
    if TerminalText.width(text) <= width { return [text] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
      var word = word
      if !line.isEmpty, TerminalText.width(line) + 1 + TerminalText.width(word) <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while TerminalText.width(word) > width, !word.isEmpty {
        var head = ""
        while let next = word.first, TerminalText.width(head + String(next)) <= width {
          head.append(next)
          word.removeFirst()
        }
        if head.isEmpty { head = String(word.removeFirst()) }
        lines.append(head)
      }
      line = word
    }
    return lines + [line]
  }

  /// A paragraph whose continuation lines are indented.
  static func paragraph(_ text: String, width: Int, indent: Int) -> String {
    lines(text, max(20, width - indent))
      .joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
