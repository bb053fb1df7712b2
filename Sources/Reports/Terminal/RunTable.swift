import Diagnostics
import Report
import RunRecord

/// The table of runs, or of the trials of a sweep, for `runner list`.
package struct RunTable {
  private let terminal: Terminal

  package init(_ terminal: Terminal) { self.terminal = terminal }

  /// Drops the least important columns if they do not fit the terminal; elsewhere all are shown.
  package func render(
    _ entries: [RunCatalog.Entry], ofSweep isSweep: Bool, sortedBy sort: RunColumn
  ) -> String {
    var columns = RunColumn.allCases
    if !isSweep { columns.removeAll { $0 == .values } }
    let isMixed = Set(entries.map(\.primary)).count > 1
    let cells = Dictionary(
      uniqueKeysWithValues: columns.map { column in
        (
          column,
          [column.heading(of: entries)]
            + entries.map { TerminalText.line(column.text($0, isMixed: isMixed)) }
        )
      })
    func width() -> Int {
      columns.reduce(0) { sum, column in
        sum + 2 + (cells[column]?.map { TerminalText.width($0) }.max() ?? 0)
      }
    }
    for column in RunColumn.leastImportantFirst where terminal.isInteractive {
      if width() <= terminal.width { break }
      if column != sort || sort == .started { columns.removeAll { $0 == column } }
    }
    var table = TextTable(columns.map { $0.isNumber ? .right : .left })
    for row in 0...entries.count {
      table.add(columns.map { cells[$0]?[row] ?? "" })
      if row == 0 { table.addRule() }
    }
    return table.render()
  }
}
