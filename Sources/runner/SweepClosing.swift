import Diagnostics
import ExperimentConfig
import Reporting
import RunRecord
import Statistics
import Sweeping

/// What a sweep says at its end.
struct SweepClosing {
  let terminal: Terminal
  let table: SweepTable
  let directory: SweepDirectory

  private static let shown = 10

  func render(_ outcome: SweepOutcome) -> String {
    var text = ""
    if !table.rows.filter({ $0.rank != nil }).isEmpty { text += "\n" + ranking() }
    if let best = table.best { text += "\n" + self.best(best) }
    for failure in outcome.failures.prefix(Self.shown) {
      text +=
        terminal.red("  trial \(failure.trial.number) has no result: ")
        + TerminalText.line(failure.reason) + "\n    log: logs/\(failure.trial.directory).log\n"
    }
    if outcome.failures.count > Self.shown {
      text += "  and \(outcome.failures.count - Self.shown) more\n"
    }
    if !outcome.failures.isEmpty { text += "  --retry begins failed trials anew\n" }
    return text + "\n  " + TerminalText.printable(directory.path)
  }

  private func ranking() -> String {
    let keys = table.keys
    var columns = TextTable([.right, .right] + keys.map { _ in .left } + [.right, .right])
    columns.add(["", "trial"] + keys + [heading, "epochs"])
    columns.addRule()
    let finished = table.rows.filter { $0.rank != nil }
    for row in finished.prefix(Self.shown) {
      columns.add(
        ["\(row.rank ?? 0)", "\(row.trial)"] + row.values.map { clipped($0) }
          + [
            row.objective.map { NumberText.fixed($0, 4) } ?? "–", row.epochs.map(String.init) ?? "",
          ])
    }
    var text = columns.render()
    if terminal.isInteractive {
      // A wrapped table cannot be read; results.csv has all of it.
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
    table.objective.replacing("validation_", with: "val ").replacing("_", with: " ")
  }

  private func best(_ row: SweepTable.Row) -> String {
    let values = zip(table.keys, row.values).map { "\($0)=\($1)" }.joined(separator: " ")
    var text = terminal.bold("  best: trial \(row.trial)") + ", " + TerminalText.line(values) + "\n"
    text += "    \(directory.path)/trials/\(row.directory)\n"
    if let interval = SweepInterval.words(row, table, directory) {
      text += "    " + WrappedText.wrap(interval, indent: 4) + "\n"
    }
    let count = table.rows.count
    if count > 1 {
      text += "    " + WrappedText.wrap(SweepInterval.remark(count), indent: 4) + "\n"
    }
    return text
  }

  private func clipped(_ text: String) -> String {
    let line = TerminalText.line(text)
    return line.count <= 24 ? line : line.prefix(23) + "…"
  }

  /// The same for programs.
  func json(_ outcome: SweepOutcome) -> JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    func scores(_ row: SweepTable.Row, _ prefix: String) -> JSONValue {
      let own = row.scores.filter { $0.key.hasPrefix(prefix) }
        .map { (String($0.key.dropFirst(prefix.count)), JSONValue.number($0.value)) }
      return .object(Dictionary(own) { first, _ in first })
    }
    func row(_ row: SweepTable.Row) -> JSONValue {
      [
        "rank": row.rank.map(JSONValue.integer) ?? .null, "trial": .integer(row.trial),
        "run": .string("\(directory.path)/trials/\(row.directory)"),
        "status": .string(row.status), "objective": number(row.objective),
        "values": .object(
          Dictionary(zip(table.keys, row.values.map(JSONValue.string))) { first, _ in first }),
        "validation": scores(row, "validation_"), "test": scores(row, "test_"),
      ]
    }
    return [
      "sweep": .string(directory.path), "objective": .string(table.objective.replacing("validation_", with: "validation.")),
      "higher_is_better": .boolean(table.higherIsBetter),
      "status": .string(outcome.ending == .done ? "finished" : "interrupted"),
      "best": table.best.map(row) ?? .null, "trials": .array(table.rows.map(row)),
      "failures": .array(
        outcome.failures.map {
          ["trial": .integer($0.trial.number), "reason": .string($0.reason)]
        }),
    ]
  }
}

/// How sure the best trial's score is.
enum SweepInterval {
  /// `validation accuracy 0.9712, 95 % interval 0.9680 to 0.9744 (bootstrap over 12,000 examples …);
  /// test …`.
  static func words(
    _ row: SweepTable.Row, _ table: SweepTable, _ directory: SweepDirectory
  ) -> String? {
    let run = directory.trial(row.directory)
    // A trial without a readable summary has no interval to show.
    let summary = try? run.readSummary()
    let key = String(table.objective.dropFirst("validation_".count))
    let shown = summary?.interval("validation", key) == nil ? "accuracy" : key
    guard let value = row.scores["validation_\(shown)"] else { return nil }
    var text = "validation \(shown.replacing("_", with: " ")) \(NumberText.fixed(value, 4))"
    if let interval = summary?.interval("validation", shown) {
      text +=
        ", \(interval.method.confidenceText) interval \(interval.text) "
        + "(\(interval.method.basisText))"
    }
    if let test = row.scores["test_\(shown)"] {
      text += "; test \(NumberText.fixed(test, 4))"
      if let basis = summary?.scored?["test"], basis.by != .single {
        text += " (\(basis.modelsText))"
      }
    }
    return text
  }

  static func remark(_ trials: Int) -> String {
    "The best of \(trials) trials looks better than it is: it was chosen on the data that this score is "
      + "from. The test score was not what it was chosen by."
  }
}
