import Diagnostics
import Report
import Tasks

/// The text of `runner show`, for 80 columns.
package struct ShowText {
  private let terminal: Terminal

  package init(_ terminal: Terminal) { self.terminal = terminal }

  package func render(_ run: RunOverview) -> String {
    var text = terminal.bold(wrapped(run.name, 0)) + "\n"
    text += "  " + colored(run.status) + "\n"
    for notice in run.notices {
      text += terminal.yellow("  ! ") + wrapped(notice, 4) + "\n"
    }
    if !run.scores.isEmpty {
      var table = TextTable([.left, .right, .right])
      table.add(["", "validation", "test"])
      for score in run.scores { table.add([score.label, score.validation, score.test]) }
      text += "\n" + table.render()
      for basis in run.basis { text += "  " + terminal.dim(wrapped(basis, 2)) + "\n" }
    }
    text += "\n"
    let width = 2 + (run.facts.map(\.label.count) + [12]).max()!
    for fact in run.facts {
      let pad = String(repeating: " ", count: width - fact.label.count)
      text += "  " + fact.label + pad + wrapped(fact.value, width + 2) + "\n"
    }
    if !run.insights.isEmpty { text += "\n" }
    for insight in run.insights {
      let mark = insight.tone == .warning ? terminal.yellow("!") : "•"
      text += "  \(mark) " + wrapped(insight.text, 4) + "\n"
    }
    if !run.notes.isEmpty { text += "\n" }
    for note in run.notes { text += "  " + NoteText.render(note, terminal, indent: 2) }
    return text + "\n  " + TerminalText.line(run.path) + "\n"
  }

  private func colored(_ status: String) -> String {
    let text = TerminalText.line(status)
    return switch status {
    case "finished": terminal.green(text)
    case "failed", "unknown": terminal.red(text)
    default: terminal.yellow(text)
    }
  }

  private func wrapped(_ text: String, _ indent: Int) -> String {
    WrappedText.wrap(TerminalText.line(text), indent: indent)
  }
}
