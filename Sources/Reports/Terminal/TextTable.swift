import Diagnostics

/// A plain-text table whose columns are as wide as their widest cell.
package struct TextTable {
  package enum Alignment: Sendable {
    case left, right
  }

  private let alignments: [Alignment]
  private var rows: [[String]] = []
  /// The rows before which a rule is drawn; the number of rows stands for the end of the table.
  private var rules: Set<Int> = []

  package init(_ alignments: [Alignment]) { self.alignments = alignments }

  package mutating func add(_ cells: [String]) { rows.append(cells) }
  package mutating func addRule() { rules.insert(rows.count) }

  /// The lines of the table, each indented and without trailing spaces.
  package func render(indent: Int = 2) -> String {
    let widths = alignments.indices.map { column in
      rows.map { column < $0.count ? TerminalText.width($0[column]) : 0 }.max() ?? 0
    }
    let total = widths.reduce(0, +) + 2 * max(widths.count - 1, 0)
    let lead = String(repeating: " ", count: indent)
    var text = ""
    let rule = lead + String(repeating: "─", count: total) + "\n"
    for (index, row) in rows.enumerated() {
      if rules.contains(index) { text += rule }
      var line = ""
      for (column, width) in widths.enumerated() {
        let cell = column < row.count ? row[column] : ""
        let space = String(repeating: " ", count: width - TerminalText.width(cell))
        if column > 0 { line += "  " }
        line += alignments[column] == .left ? cell + space : space + cell
      }
      while line.last == " " { line.removeLast() }
      text += line.isEmpty ? "\n" : lead + line + "\n"
    }
    return rules.contains(rows.count) ? text + rule : text
  }
}
