import Diagnostics
import FoundationEssentials
import Report
import RunRecord

/// Warns about results that were edited after their run wrote them. Commands that show such results
/// warn on standard error, whatever they print.
package enum EditedFiles {
  package static func warn(_ runs: [RunEvidence]) {
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    for run in runs {
      for edit in run.edits {
        terminal.write(
          terminal.yellow("warning: ") + TerminalText.printable("\(run.run.path)/\(edit)") + "\n")
      }
    }
  }
}
