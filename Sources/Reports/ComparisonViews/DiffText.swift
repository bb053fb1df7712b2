import Comparison
import Diagnostics
import ExperimentConfig
import Reporting
import RunRecord
import Statistics
import Tasks

/// `runner diff` for a terminal: a heading and a table for each layer with something to report.
package struct DiffText {
  let terminal: Terminal
  let options: DiffOptions
  private let width: Int

  package init(_ terminal: Terminal, _ options: DiffOptions) {
    self.terminal = terminal
    self.options = options
    width = min(max(terminal.width, 40), 120)
  }

  package func render(_ diff: RunDiff) -> String {
    var text = ""
    for run in [diff.a, diff.b] {
      text += "  \(terminal.bold(run.label))  \(line(run.name))\n"
    }
    for run in [diff.a, diff.b] {
      for problem in run.problems {
        text += terminal.yellow("  ! ") + wrapped("\(run.label): \(problem)", 4) + "\n"
      }
    }
    text += configuration(diff)
    text += facts("Code", diff.code)
    text += facts("Environment", diff.environment)
    text += data(diff)
    for table in diff.scores { text += scores(table) }
    text += parts(diff)
    for changed in diff.changedExamples { text += examples(changed, diff.terms) }
    text += weights(diff.weights)
    text += curves(diff)
    text += facts("Timings", diff.timings.filter { $0.label != "started" || options.showsAll })
    return text + "\n" + verdict(diff.verdict)
  }

  // MARK: Layers

  private func configuration(_ diff: RunDiff) -> String {
    if diff.configuration.isEmpty {
      let isKnown = diff.a.configuration != nil && diff.b.configuration != nil
      return options.showsAll
        ? heading("Configuration") + "  \(isKnown ? "the same" : "cannot be compared")\n" : ""
    }
    var table = FittedTable([.left, .left, .left, .left])
    table.add(["", "A", "B", "from"])
    for change in diff.configuration {
      let kind = change.kind == .semantic ? "" : " (\(change.kind.rawValue))"
      table.add(
        [
          change.path + kind, change.a?.text ?? DiffWords.none, change.b?.text ?? DiffWords.none,
          origin(change),
        ].map(line))
    }
    return heading("Configuration") + table.render(width: width)
  }

  /// Where the value was set, preferring B's side; defaults count only if neither side was set
  /// explicitly.
  private func origin(_ change: ConfigurationChange) -> String {
    let sides = [("B", change.b), ("A", change.a)].filter {
      !($0.1?.origin ?? "").isEmpty && $0.1?.origin != "default"
    }
    guard let (side, value) = sides.first, let value else {
      return change.b?.origin ?? change.a?.origin ?? ""
    }
    return "\(side): \(value.origin)"
  }

  private func facts(_ title: String, _ facts: [FactChange]) -> String {
    // The configuration section explains changes made on the command line better.
    let shown = facts.filter { options.showsAll || $0.differs && $0.label != "command" }
    if shown.isEmpty { return "" }
    var table = FittedTable([.left, .left, .left])
    table.add(["", "A", "B"])
    for fact in shown {
      table.add(
        [fact.label, fact.a ?? DiffWords.none, fact.b ?? DiffWords.none].map(line))
    }
    return heading(title) + table.render(width: width)
  }

  private func data(_ diff: RunDiff) -> String {
    var text = facts("Data", diff.data)
    let moves = diff.moves.map(DiffWords.moves) ?? []
    if !moves.isEmpty, text.isEmpty { text = heading("Data") }
    for move in moves { text += "  " + wrapped(move, 2) + "\n" }
    return text
  }

  private func scores(_ table: ScoreTable) -> String {
    let shown = table.rows.filter { options.showsAll || DiffWords.isShown($0) }
    let title = table.split == "test" ? "Test scores" : "Validation scores"
    if shown.isEmpty { return options.showsAll ? heading(title) + "  none\n" : "" }
    let hasFolds = shown.contains { $0.deviationA != nil || $0.deviationB != nil }
    let isTested = table.reason == nil
    var result = FittedTable([.left, .right, .right, .right, .left, .right, .left])
    result.add(
      ["", "A", "B", "B − A"]
        + (isTested
          ? [table.intervalMethod.map { "\($0.confidenceText) interval" } ?? "", "p", ""] : []))
    for row in shown {
      let better = row.isBBetter.map { $0 ? "B" : "A" } ?? ""
      result.add(
        [
          DiffWords.label(row.key),
          DiffWords.score(row.a, deviation: hasFolds ? row.deviationA : nil),
          DiffWords.score(row.b, deviation: hasFolds ? row.deviationB : nil),
          DiffWords.signed(row.difference),
        ]
          + (isTested
            ? [DiffWords.interval(row), DiffWords.p(row), row.isSignificant ? better : ""] : []))
    }
    var text = heading(title) + result.render(width: width)
    if let tests = DiffWords.remarks(table) { text += "  " + dim(tests) + "\n" }
    return text
  }

  private func parts(_ diff: RunDiff) -> String {
    guard let parts = diff.parts else { return "" }
    let changes = parts.changes
    let differing = changes.rows.filter { options.showsAll || $0.differs }
    if differing.isEmpty { return "" }
    let sorted = differing.sorted { abs($0.change ?? 0) > abs($1.change ?? 0) }
    let shown = options.showsAll ? differing : Array(sorted.prefix(Self.mostRows))
    let isPaired = shown.contains { $0.onlyA != nil }
    let heading = PartWords.heading(changes.scores)
    var table = FittedTable([.left] + (heading + ["", ""]).map { _ in .right })
    table.add([diff.terms.part] + heading + (isPaired ? [changes.counts.both, "p"] : []))
    for row in shown {
      table.add(
        [line(row.name)] + PartWords.cells(row)
          + (isPaired
            ? [
              "\(row.onlyA ?? 0)/\(row.onlyB ?? 0)",
              row.adjusted.map { DiffWords.p($0) } ?? "",
            ] : []))
    }
    let name = DiffWords.capitalized(diff.terms.parts)
    var text = self.heading("\(name), \(parts.split) set") + table.render(width: width)
    text += more(differing.count - shown.count, diff.terms.parts)
    return text
  }

  private func examples(_ changed: ChangedExamples, _ terms: ComparisonTerms) -> String {
    if changed.examples.isEmpty || options.examples == 0 { return "" }
    var text = heading("\(terms.changesTitle), \(changed.split) set")
    text += "  " + wrapped(DiffWords.changes(changed), 2) + "\n"
    var table = FittedTable(
      [.right, changed.answers.areNumbers ? .right : .left, .left, .left, .left])
    table.add(["example", changed.answers.heading, "A", "B", ""])
    for answer in changed.examples.prefix(options.examples).map(\.answer) {
      table.add(
        [String(answer.index), answer.target, answer.a, answer.b, answer.note].map(line))
    }
    text += table.render(width: width)
    return text + more(changed.examples.count - options.examples, "examples")
  }

  private func weights(_ weights: WeightsDiff) -> String {
    if weights.changes.isEmpty, weights.notes.isEmpty {
      return options.showsAll && weights.isCompared
        ? heading("Weights") + "  all \(weights.same) tensors are the same\n" : ""
    }
    var text = heading("Weights")
    let shown =
      options.showsAll
      ? weights.changes
      : Array(weights.changes.sorted { $0.relative > $1.relative }.prefix(Self.mostRows))
    if !shown.isEmpty {
      var table = FittedTable([.left, .left, .right, .right, .right])
      table.add(["tensor", "shape", "max |Δ|", "relative L2", "cosine"])
      for change in shown {
        let note = change.notFinite > 0 ? " (\(change.notFinite) not finite)" : ""
        table.add([
          line(change.name) + note, "\(change.shape)", DiffWords.magnitude(change.largest),
          DiffWords.magnitude(change.relative),
          change.cosine.map { NumberText.fixed($0, 4) } ?? DiffWords.none,
        ])
      }
      text += table.render(width: width)
      text += more(weights.changes.count - shown.count, "tensors that differ")
    }
    for note in weights.notes.prefix(options.showsAll ? .max : Self.mostRows) {
      text += "  " + wrapped(note, 2) + "\n"
    }
    return text + more(weights.notes.count - Self.mostRows, "notes")
  }

  private func curves(_ diff: RunDiff) -> String {
    let curves = diff.curves
    if curves.isIdentical, !options.showsAll { return "" }
    if curves.epochs.a + curves.epochs.b == 0 { return "" }
    return heading("Curves") + "  " + wrapped(DiffWords.curves(diff), 2) + "\n"
  }

  private func verdict(_ verdict: Verdict) -> String {
    let sentences = verdict.sentences
    let lines = sentences.enumerated().map { number, sentence in
      "  " + (number == 0 ? colored(wrapped(sentence, 2), verdict) : wrapped(sentence, 2))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Formatting

  /// The maximum number of rows of a table that has no natural end.
  private static let mostRows = 12

  private func colored(_ text: String, _ verdict: Verdict) -> String {
    // Only the verdict itself stands out.
    guard text.hasPrefix(verdict.heading) else { return text }
    let head =
      switch verdict.outcome {
      case .identical: terminal.green(verdict.heading)
      case .notComparable, .notConfirmed: terminal.yellow(verdict.heading)
      default: terminal.bold(verdict.heading)
      }
    return head + text.dropFirst(verdict.heading.count)
  }

  private func heading(_ text: String) -> String { "\n" + terminal.bold(text) + "\n" }

  private func more(_ count: Int, _ what: String) -> String {
    count > 0 && !options.showsAll
      ? "  " + terminal.dim("and \(NumberText.grouped(count)) more \(what); --all shows them")
        + "\n"
      : ""
  }

  private func line(_ text: String) -> String { TerminalText.line(text) }

  private func wrapped(_ text: String, _ indent: Int) -> String {
    FittedTable.paragraph(line(text), width: width, indent: indent)
  }

  private func dim(_ text: String) -> String {
    wrapped(text, 2).split(separator: "\n").map { terminal.dim(String($0)) }
      .joined(separator: "\n")
  }
}

/// Which parts of a comparison are shown.
package struct DiffOptions: Sendable {
  /// Also show what is equal.
  package var showsAll: Bool
  /// The maximum number of changed examples shown per split.
  package var examples: Int

  package init(showsAll: Bool = false, examples: Int = 10) {
    self.showsAll = showsAll
    self.examples = examples
  }
}
