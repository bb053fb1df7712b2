import Diagnostics
import RunRecord

/// A note about a run, for 80 columns.
package enum NoteText {
  /// - Parameter indent: the column in which it is printed.
  package static func render(
    _ note: RunAnnotations.Note, _ terminal: Terminal, indent: Int = 0
  ) -> String {
    // 2026-11-23T01:19:59Z, cut to minutes.
    let time = String(note.time.prefix(16)).replacing("T", with: " ")
    let lead = TerminalText.line(time) + "  "
    return terminal.dim(lead)
      + WrappedText.wrap(TerminalText.line(note.text), indent: indent + TerminalText.width(lead))
      + "\n"
  }
}
