import Comparison
import Diagnostics
import ExperimentConfig
import Report
import Reporting
import Tasks

/// `runner compare` for a terminal. Runs that do not fit side by side follow in further tables.
package struct CompareText {
  let terminal: Terminal
  private let width: Int

  package init(_ terminal: Terminal) {
    self.terminal = terminal
    width = min(max(terminal.width, 40), 200)
  }

  package func render(_ comparison: RunComparison) -> String {
    var text = ""
    let distinctions = comparison.distinctions.settings
    for (run, settings) in zip(comparison.runs, distinctions) {
      text += "  \(terminal.bold(run.label))  \(TerminalText.line(run.name))\n"
      if !settings.isEmpty {
        text +=
          "     "
          + terminal.dim(
            FittedTable.paragraph(TerminalText.line(settings), width: width, indent: 5)) + "\n"
      }
    }
    for run in comparison.runs {
      for problem in run.problems { text += warning("\(run.label): \(problem)") }
    }
    for caution in comparison.cautions { text += warning(caution) }
    for columns in groups(comparison.runs.count) { text += table(comparison, columns) }
    for note in CompareWords.notes(comparison) {
      text += "  " + terminal.dim(FittedTable.paragraph(note, width: width, indent: 2)) + "\n"
    }
    text += curves(comparison)
    text += parts(comparison)
    return text + matrices(comparison)
  }

  /// As many runs per table as fit the terminal's width.
  private func groups(_ count: Int) -> [Range<Int>] {
    // The widest labels are 21 columns, an interval takes 15.
    let size = max(1, (width - 23) / 17)
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  private func table(_ comparison: RunComparison, _ columns: Range<Int>) -> String {
    var table = FittedTable([.left] + columns.map { _ in .right })
    table.add([""] + columns.map { comparison.runs[$0].label })
    table.addRule()
    for setting in comparison.settings {
      table.add(
        [setting.path] + columns.map { TerminalText.line(setting.values[$0] ?? DiffWords.none) })
    }
    if !comparison.settings.isEmpty { table.addRule() }
    var split = ""
    for score in comparison.scores where CompareWords.isShown(score) {
      if score.split != split {
        table.add([score.split])
        table.add(
          ["  examples"]
            + columns.map { CompareWords.basis(comparison.basis(score.split, $0)) + "  " })
      }
      split = score.split
      table.add(
        ["  " + DiffWords.label(score.key)]
          + columns.map { index in
            CompareWords.cell(score.cells[index]) + (score.best.contains(index) ? " ●" : "  ")
          })
      if columns.contains(where: { score.cells[$0].interval != nil }) {
        table.add(
          [""] + columns.map { (CompareWords.interval(score.cells[$0]) ?? "") + "  " })
      }
    }
    table.addRule()
    for fact in comparison.facts {
      table.add([fact.label] + columns.map { (fact.values[$0] ?? DiffWords.none) + "  " })
    }
    return "\n" + table.render(width: width)
  }

  // MARK: Curves

  private static let levels = Array("▁▂▃▄▅▆▇█")

  private func curves(_ comparison: RunComparison) -> String {
    var text = ""
    for key in ["loss", comparison.primary] {
      let title = "Validation \(DiffWords.label(key))"
      let all = comparison.curves.map { $0.points("val_\(key)") }
      let values = all.joined().map(\.value)
      guard let low = values.min(), let high = values.max(),
        let last = all.joined().map(\.epoch).max(), last > 1
      else { continue }
      text += heading(
        "\(title), \(DiffWords.score(low)) to \(DiffWords.score(high)) over \(last) epochs")
      let room = max(10, width - 8)
      for (index, points) in all.enumerated() where !points.isEmpty {
        let step = max(1, (points.count + room - 1) / room)
        let marks = points.enumerated().filter { $0.offset % step == 0 }.map { _, point in
          let share = high > low ? (point.value - low) / (high - low) : 0
          return Self.levels[min(7, Int(share * 8))]
        }
        text += "  \(comparison.runs[index].label)  " + String(marks) + "\n"
      }
    }
    return text
  }

  // MARK: Parts

  private func parts(_ comparison: RunComparison) -> String {
    guard let scores = comparison.partScores else { return "" }
    let known = scores.values.indices.filter { scores.values[$0] != nil }
    guard !known.isEmpty else { return "" }
    var text = heading("\(scores.title), \(comparison.split) set")
    let names = scores.names.map { TerminalText.line($0) }
    let label = min(16, names.map { TerminalText.width($0) }.max() ?? 1)
    let room = Double(max(8, width - label - 18))
    for (place, name) in names.enumerated().prefix(Self.mostParts) {
      for (line, index) in known.enumerated() {
        guard let score = scores.values[index]?[place] ?? nil else { continue }
        let shown = line == 0 ? FittedTable.lines(name, label)[0] : ""
        let pad = String(repeating: " ", count: max(0, label - TerminalText.width(shown)))
        let bar = String(repeating: "━", count: Int((score / scores.full * room).rounded()))
        text +=
          "  \(shown)\(pad)  \(comparison.runs[index].label)  \(NumberText.fixed(score, 4))  "
          + colored(bar, index) + "\n"
      }
    }
    return text + more(names.count, comparison.terms.parts)
  }

  private static let mostParts = 20

  private func colored(_ bar: String, _ index: Int) -> String {
    index % 2 == 0 ? terminal.green(bar) : terminal.yellow(bar)
  }

  // MARK: Matrices

  /// The first run's matrix and how the others differ from it; for two runs also the second's
  /// matrix.
  private func matrices(_ comparison: RunComparison) -> String {
    guard let matrices = comparison.matrices else { return "" }
    let known = matrices.runs.enumerated().compactMap { index, counts in
      counts.map { (index: index, counts: $0) }
    }
    guard let first = known.first, known.count > 1, first.counts.count <= 12 else { return "" }
    func label(_ index: Int) -> String { comparison.runs[index].label }
    let isPair = known.count == 2
    var names = [label(first.index)]
    var blocks = [block(matrices.names, first.counts, isDifference: false)]
    for other in known.dropFirst().prefix(3) {
      let isSubtractable = comparison.isSubtractable(first.index, other.index)
      if isPair || !isSubtractable {
        names.append(label(other.index))
        blocks.append(block(matrices.names, other.counts, isDifference: false))
      }
      guard isSubtractable else { continue }
      names.append("\(label(other.index)) − \(label(first.index))")
      let counts = CountMatrices.difference(other.counts, first.counts)
      blocks.append(block(matrices.names, counts, isDifference: true))
    }
    return heading(
      "\(matrices.title), \(comparison.split) set: \(names.joined(separator: ", ")); "
        + matrices.rows) + beside(blocks)
  }

  private func block(_ names: [String], _ counts: [[Int]], isDifference: Bool) -> String {
    var table = TextTable([.right] + names.map { _ in .right })
    let names = names.map { FittedTable.lines(TerminalText.line($0), 5)[0] }
    table.add([""] + names)
    for (name, row) in zip(names, counts) {
      table.add(
        [name]
          + row.map { count in
            if count == 0 { return "·" }
            return isDifference ? (count > 0 ? "+\(count)" : "−\(-count)") : String(count)
          })
    }
    return table.render()
  }

  private func beside(_ blocks: [String]) -> String {
    let lines = blocks.map { $0.split(separator: "\n").map(String.init) }
    let widths = lines.map { $0.map { TerminalText.width($0) }.max() ?? 0 }
    guard widths.reduce(0, +) + 2 <= width else { return blocks.joined(separator: "\n") }
    return (0..<(lines.map(\.count).max() ?? 0)).map { number in
      zip(lines, widths).map { lines, width in
        let line = number < lines.count ? lines[number] : ""
        return line + String(repeating: " ", count: width - TerminalText.width(line))
      }.joined(separator: "  ") + "\n"
    }.joined()
  }

  private func heading(_ text: String) -> String {
    "\n" + FittedTable.lines(text, width).map(terminal.bold).joined(separator: "\n") + "\n"
  }

  private func warning(_ text: String) -> String {
    terminal.yellow("  ! ")
      + FittedTable.paragraph(TerminalText.line(text), width: width, indent: 4) + "\n"
  }

  private func more(_ count: Int, _ what: String) -> String {
    count > Self.mostParts
      ? "  " + terminal.dim("and \(count - Self.mostParts) more \(what); --csv lists all runs")
        + "\n" : ""
  }
}
