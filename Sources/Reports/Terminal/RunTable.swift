import Diagnostics
import Report
import RunListing
import RunRecord

/// The table of runs, or of the trials of a sweep, for `runner list`.
package struct RunTable {
  private let terminal: Terminal

  package init(_ terminal: Terminal) { self.terminal = terminal }

  /// The standard columns and those that these runs need.
  ///
  /// - Parameters:
  ///   - sort: kept on a terminal that is too narrow for all columns.
  ///   - isSweep: whether the runs are trials of a sweep, whose values are a column.
  package func render(
    _ runs: ListedRuns, ofSweep isSweep: Bool, differing: DifferingSettings, sortedBy sort: RunField
  ) -> String {
    var columns = RunColumn.allCases.map { ListColumn($0) }
    if !isSweep { columns.removeAll { $0.field == .standard(.values) } }
    columns.insert(contentsOf: differing.columns, at: 1)
    if runs.runs.contains(where: { !$0.annotations.tags.isEmpty }) {
      columns.insert(ListColumn(.tag, name: "tag"), at: 1 + differing.columns.count)
    }
    if !columns.contains(where: { $0.field == sort }) {
      columns.insert(ListColumn(sort, name: Self.name(sort)), at: 1)
    }
    let own = differing.columns.map(\.field)
    let standard = RunColumn.leastImportantFirst.map { RunField.standard($0) }
    // The status says more than a third setting.
    let order =
      standard.filter { $0 != .standard(.status) } + own.dropFirst(2).reversed()
      + [.standard(.status)] + own.prefix(2).reversed() + [.tag]
    let (text, dropped) = table(
      runs, columns, order.filter { $0 != sort || sort == .standard(.started) })
    let hidden = differing.columns.filter { dropped.contains($0.name) }.map(\.name)
    return text + more(hidden + differing.others, "differ")
  }

  /// The run and the given columns. On a terminal that is too narrow, the last ones are left out.
  package func render(_ runs: ListedRuns, columns: [ListColumn]) -> String {
    let rest = columns.filter { $0.field != .standard(.name) }
    let all = [ListColumn(.name)] + rest
    let (text, dropped) = table(runs, all, rest.dropFirst().reversed().map(\.field))
    return text + more(rest.map(\.name).filter(dropped.contains), "do not fit")
  }

  /// A note about columns that are not shown.
  private func more(_ names: [String], _ verb: String) -> String {
    if names.isEmpty { return "" }
    let shown = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", …" : "")
    let text =
      verb == "differ"
      ? "also different: \(shown) (--columns \(names.prefix(2).joined(separator: ",")))"
      : "no room for: \(shown)"
    let wrapped = WrappedText.wrap(TerminalText.line(text), indent: 2)
    return "  " + terminal.dim(wrapped) + "\n"
  }

  private static func name(_ field: RunField) -> String {
    switch field {
    case .standard(let column): column.rawValue
    case .score(let name): name
    case .setting(let setting): setting.name
    case .experiment: "experiment"
    case .tag: "tag"
    case .note: "note"
    case .size: "size"
    case .ended: "ended"
    case .trial: "trial"
    }
  }

  /// - Parameter leastImportantFirst: the columns to drop on a narrow terminal; elsewhere all are shown.
  /// - Returns: the table, and the names of the columns that were dropped.
  private func table(
    _ runs: ListedRuns, _ all: [ListColumn], _ leastImportantFirst: [RunField]
  ) -> (text: String, dropped: [String]) {
    var columns = all
    let isMixed = Set(runs.runs.map(\.entry.primary)).count > 1
    let cells = columns.map { column in
      [column.heading(of: runs)]
        + runs.runs.map { TerminalText.line(column.text($0, in: runs, isMixed: isMixed)) }
    }
    let texts = Dictionary(zip(columns.map(\.name), cells)) { first, _ in first }
    let widths = texts.mapValues { $0.map { TerminalText.width($0) }.max() ?? 0 }
    var dropped: [String] = []
    for field in leastImportantFirst where terminal.isInteractive {
      // Each column has two spaces before it.
      if columns.reduce(0, { $0 + 2 + (widths[$1.name] ?? 0) }) <= terminal.width { break }
      dropped += columns.filter { $0.field == field }.map(\.name)
      columns.removeAll { $0.field == field }
    }
    var table = TextTable(columns.map { $0.isNumber(in: runs) ? .right : .left })
    for row in 0...runs.runs.count {
      table.add(columns.map { texts[$0.name]?[row] ?? "" })
      if row == 0 { table.addRule() }
    }
    return (table.render(), dropped)
  }
}
