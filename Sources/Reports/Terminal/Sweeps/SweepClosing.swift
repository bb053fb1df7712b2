import Diagnostics
import ExperimentConfig
import RunRecord
import Statistics
import Sweeping
import TaskRegistry

/// The results of a sweep, as printed at the end of `runner sweep` and by `runner show`.
package struct SweepClosing {
  package let terminal: Terminal
  package let table: SweepTable
  package let directory: SweepDirectory

  package init(terminal: Terminal, table: SweepTable, directory: SweepDirectory) {
    self.terminal = terminal
    self.table = table
    self.directory = directory
  }

  private static let shown = 10

  package func render() -> String {
    var text = ""
    if table.rows.contains(where: \.isScored) { text += "\n" + ranking() }
    if let best = table.best { text += "\n" + self.best(best) }
    if !table.isRanked {
      text += "  " + WrappedText.wrap(SweepInterval.unranked, indent: 2) + "\n"
    }
    for row in table.undefined.prefix(Self.shown) {
      text += terminal.yellow("  trial \(row.trial) is not ranked: ") + reason(row) + "\n"
    }
    let failures = table.failures
    for row in failures.prefix(Self.shown) {
      text += terminal.red("  trial \(row.trial) has no result: ") + reason(row) + "\n"
      let log = "logs/\(row.directory).log"
      if RunCatalog.isFile(directory.file(log)) { text += "    log: \(log)\n" }
    }
    let more = max(table.undefined.count, failures.count) - Self.shown
    if more > 0 { text += "  and \(more) more in \(SweepTable.name)\n" }
    if !failures.isEmpty { text += "  --retry runs failed trials again\n" }
    return text + "\n  " + TerminalText.printable(directory.path) + "\n"
  }

  private func reason(_ row: SweepTable.Row) -> String {
    TerminalText.line(row.reason ?? "unknown")
  }

  private func ranking() -> String {
    let keys = table.keys
    var columns = TextTable([.right, .right] + keys.map { _ in .left } + [.right, .right])
    columns.add(["", "trial"] + keys + [heading, "epochs"])
    columns.addRule()
    let finished = table.rows.filter(\.isScored)
    for row in finished.prefix(Self.shown) {
      columns.add(
        [row.rank.map(String.init) ?? "–", "\(row.trial)"] + row.values.map { clipped($0) }
          + [
            row.objective.map { NumberText.fixed($0, 4) } ?? "–", row.epochs.map(String.init) ?? "",
          ])
    }
    var text = columns.render()
    if terminal.isInteractive {
      // A wrapped table would be unreadable; results.csv is complete.
      let width = terminal.width
      text = text.split(separator: "\n").map { $0.prefix(width) + "\n" }.joined()
    }
    if finished.count > Self.shown {
      text += "  and \(finished.count - Self.shown) more in \(SweepTable.name)\n"
    }
    let others = ["stopped", "failed", "unfinished", "planned"].compactMap { status in
      let count = table.count(status)
      return count == 0 ? nil : "\(count) \(status)"
    }
    return others.isEmpty ? text : text + "  \(others.joined(separator: ", "))\n"
  }

  private var heading: String {
    TaskRegistry.label(table.objective.replacing("validation_", with: "val_"))
  }

  private func best(_ row: SweepTable.Row) -> String {
    let values = zip(table.keys, row.values).map { "\($0)=\($1)" }.joined(separator: " ")
    var text = terminal.bold("  best: trial \(row.trial)") + ", " + TerminalText.line(values) + "\n"
    text += "    \(directory.path)/trials/\(row.directory)\n"
    if let interval = SweepInterval.words(row, table, directory) {
      text += "    " + WrappedText.wrap(interval, indent: 4) + "\n"
    }
    let equals = table.rows.filter { $0.isScored && $0.objective == row.objective }.count - 1
    if equals > 0 {
      text +=
        "    \(equals == 1 ? "another trial has" : "\(equals) other trials have") the same "
        + "\(heading): the first one is shown\n"
    }
    let count = table.rows.count { $0.rank != nil }
    if count > 1 {
      text += "    " + WrappedText.wrap(SweepInterval.remark(count), indent: 4) + "\n"
    }
    return text
  }

  private func clipped(_ text: String) -> String {
    let line = TerminalText.line(text)
    return line.count <= 24 ? line : line.prefix(23) + "…"
  }

  /// The same results for programs.
  package func json(status: String) -> JSONValue {
    [
      "sweep": .string(directory.path), "objective": .string(table.objectiveKey),
      "higher_is_better": .boolean(table.higherIsBetter), "status": .string(status),
      "ranked": .boolean(table.isRanked), "best": table.best.map(json) ?? .null,
      "trials": .array(table.rows.map(json)),
      "failures": .array(
        table.failures.map {
          ["trial": .integer($0.trial), "reason": $0.reason.map(JSONValue.string) ?? .null]
        }),
    ]
  }

  private func json(_ row: SweepTable.Row) -> JSONValue {
    func number(_ value: Double?) -> JSONValue {
      value.flatMap { $0.isFinite ? JSONValue.number($0) : nil } ?? .null
    }
    func scores(_ prefix: String) -> JSONValue {
      let own = row.scores.filter { $0.key.hasPrefix(prefix) }
        .map { (String($0.key.dropFirst(prefix.count)), number($0.value)) }
      return .object(Dictionary(own) { first, _ in first })
    }
    return [
      "rank": row.rank.map(JSONValue.integer) ?? .null, "trial": .integer(row.trial),
      "run": .string("\(directory.path)/trials/\(row.directory)"),
      "status": .string(row.status), "objective": number(row.objective),
      "reason": row.reason.map(JSONValue.string) ?? .null,
      "values": .object(
        Dictionary(zip(table.keys, row.values.map(JSONValue.string))) { first, _ in first }),
      "validation": scores("validation_"), "test": scores("test_"),
    ]
  }
}

extension SweepTable {
  /// The objective's key as used by all commands: `validation.loss`.
  package var objectiveKey: String {
    objective.hasPrefix("validation_")
      ? "validation." + objective.dropFirst("validation_".count) : objective
  }

  /// The trials without a result, in order.
  package var failures: [Row] {
    rows.filter { $0.status != "finished" && $0.reason != nil }.sorted { $0.trial < $1.trial }
  }
}

/// The uncertainty of the best trial's score.
package enum SweepInterval {
  /// For example `validation f1 0.9712, 95% interval 0.9680 to 0.9744 (bootstrap over 12,000
  /// examples …); test …`.
  package static func words(
    _ row: SweepTable.Row, _ table: SweepTable, _ directory: SweepDirectory
  ) -> String? {
    let run = directory.trial(row.directory)
    // A trial without a readable summary has no interval to show.
    let summary = try? run.readSummary()
    let shown = String(table.objective.dropFirst("validation_".count))
    guard let value = row.scores["validation_\(shown)"] else { return nil }
    var text = "validation \(TaskRegistry.label(shown)) \(NumberText.fixed(value, 4))"
    if let count = summary?.meansOver?["validation"]?[shown] {
      let parts = (summary?.folds ?? summary?.seeds)?.count ?? count
      let kind = summary?.folds == nil ? "seeds" : "folds"
      text += " (mean of \(count) of \(parts) \(kind); undefined in the others)"
    }
    if let interval = summary?.interval("validation", shown) {
      text += ", " + words(interval)
    } else if let summary {
      let primary = summary.primary ?? TaskRegistry.recordedPrimary
      if let score = row.scores["validation_\(primary)"],
        let interval = summary.interval("validation", primary)
      {
        text += "; \(TaskRegistry.label(primary)) \(NumberText.fixed(score, 4)), "
        text += words(interval)
      }
    }
    if let test = row.scores["test_\(shown)"] {
      text += "; test \(NumberText.fixed(test, 4))"
      if let basis = summary?.scored?["test"], basis.by != .single {
        text += " (\(basis.modelsText))"
      }
    }
    return text
  }

  private static func words(_ interval: Interval) -> String {
    "\(interval.method.confidenceText) interval \(interval.text) (\(interval.method.basisText))"
  }

  package static let unranked =
    "The trials have different data, so they are not ranked: scores on different examples are not "
    + "comparable."

  package static func remark(_ trials: Int) -> String {
    "The best of \(trials) trials looks better than it is, because it was chosen by this score. It "
      + "was not chosen by the test score."
  }
}
