import Diagnostics
import ExperimentConfig
import RunRecord
import Sweeping

/// A sweep as printed by `runner show`: the search, its progress and its results.
package struct SweepOverview {
  private let directory: SweepDirectory
  private let file: SweepFile
  private let table: SweepTable
  private let isRunning: Bool

  /// - Throws: ``FileError`` if its plan cannot be read.
  package init(_ path: String) throws {
    directory = SweepDirectory(path: path)
    file = try directory.read()
    table = directory.table(of: file, written: SweepCatalog.table(of: path))
    isRunning = directory.isRunning
  }

  /// `running`, `finished`, `failed` (all trials failed) or `unfinished`, in which case the same
  /// command continues it.
  private var status: String {
    if isRunning { return "running" }
    let isWhole = table.rows.allSatisfy { $0.status != "planned" && $0.status != "unfinished" }
    if !isWhole || file.trials.count < file.strategy.maxTrials { return "unfinished" }
    return table.rows.allSatisfy { $0.status == "failed" } ? "failed" : "finished"
  }

  /// Damaged ones do not keep the results from being shown.
  private var annotations: RunAnnotations {
    (try? RunAnnotations.read(in: directory.folder)) ?? RunAnnotations()
  }

  package func text(_ terminal: Terminal) -> String {
    let count = file.strategy.maxTrials
    let head =
      "\(file.name) · \(file.strategy.kind.rawValue) · \(count) trial\(count == 1 ? "" : "s")"
    var text = terminal.bold(TerminalText.line(head)) + "\n"
    let color: (String) -> String =
      switch status {
      case "finished": terminal.green
      case "failed": terminal.red
      default: terminal.yellow
      }
    text += "  " + color(status) + "\n"
    text += "  by the \(TerminalText.line(file.objective.description))\n"
    text += "  started \(TerminalText.line(file.started))\n"
    let annotations = annotations
    if !annotations.tags.isEmpty { text += "  tags \(annotations.tags.joined(separator: " "))\n" }
    for note in annotations.notes { text += "  " + NoteText.render(note, terminal, indent: 2) }
    text += SweepClosing(terminal: terminal, table: table, directory: directory).render()
    if status == "unfinished" {
      text += "  continue with: " + TerminalText.line(RepeatedCommand.text(file.command)) + "\n"
    }
    return text
  }

  package func json(_ terminal: Terminal) -> JSONValue {
    let closing = SweepClosing(terminal: terminal, table: table, directory: directory)
    guard case .object(var object) = closing.json(status: status) else { return .null }
    object["name"] = .string(file.name)
    object["strategy"] = .string(file.strategy.kind.rawValue)
    object["started"] = .string(file.started)
    object["tags"] = .array(annotations.tags.map(JSONValue.string))
    object["notes"] = .array(
      annotations.notes.map { ["time": .string($0.time), "text": .string($0.text)] })
    object["max_trials"] = .integer(file.strategy.maxTrials)
    return .object(object)
  }

  /// The trials as `runner list` shows them, in order.
  package static func entries(_ path: String) throws -> [RunCatalog.Entry] {
    let directory = SweepDirectory(path: path)
    let file = try directory.read()
    return file.trials.map { trial in
      let run = directory.trial(trial)
      var entry = RunCatalog.Entry(name: trial.directory, path: run.path)
      if RunCatalog.isFolder(run.path) {
        entry = RunCatalog.entry(name: trial.directory, path: run.path)
      } else {
        entry.status = "planned"
      }
      entry.trial = trial.number
      entry.values = TrialPlanner.assignments(file.space, trial.values)
      return entry
    }
  }
}
