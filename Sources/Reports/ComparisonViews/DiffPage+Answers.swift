import Comparison
import ExperimentConfig
import Report
import Tasks

/// The sections on the predictions of both runs, which the task provides.
extension DiffPage {
  static func parts(_ diff: RunDiff, _ options: DiffOptions) -> PageModel.Section {
    let title = DiffWords.capitalized(diff.terms.parts)
    guard let parts = diff.parts else { return .init(heading: title) }
    let changes = parts.changes
    let shown = changes.rows.filter { options.showsAll || $0.differs }
    if shown.isEmpty { return .init(heading: title) }
    let isPaired = shown.contains { $0.onlyA != nil }
    // Bars follow the leading score.
    let bars = PageModel.Cell(text: "", style: "narrow-off")
    var heading = changes.scores.enumerated().flatMap { place, name in
      let name = DiffWords.capitalized(name)
      return numbers("\(name) A", "\(name) B") + (place == 0 ? numbers("B − A") + [bars] : [])
    }
    if isPaired { heading += numbers(changes.counts.a, changes.counts.b, "p") }
    return .init(
      heading: "\(title), \(parts.split) set",
      tables: [
        .init(
          heading: self.heading(DiffWords.capitalized(diff.terms.part)) + heading,
          rows: shown.map { row in
            .init(
              cells: [.init(text: row.name)] + scores(row, changes.full)
                + (isPaired
                  ? numbers(
                    row.onlyA.map(String.init) ?? "", row.onlyB.map(String.init) ?? "",
                    row.adjusted.map { DiffWords.p($0) } ?? "") : []))
          })
      ], keys: RunHeading.keys(diff.distinctions.legends),
      remarks: isPaired ? [changes.test] : [])
  }

  private static func scores(_ row: PartChanges.Row, _ full: Double) -> [PageModel.Cell] {
    row.scores.enumerated().flatMap { place, scores in
      let cells = numbers(PartWords.score(scores.a), PartWords.score(scores.b))
      if place > 0 { return cells }
      let bars = [scores.a, scores.b].enumerated().map { index, value in
        PageModel.Bar(
          style: ComparisonStyle.run(index), width: Int(((value ?? 0) / full * 100).rounded()))
      }
      return cells + numbers(DiffWords.signed(row.change))
        + [.init(text: "", style: "narrow-off", bars: bars)]
    }
  }

  static func examples(_ diff: RunDiff, _ options: DiffOptions) -> [PageModel.Section] {
    let shown = diff.changedExamples.filter { !$0.examples.isEmpty }
    if options.examples == 0 || shown.isEmpty { return [] }
    let pictures = ExamplePictures(diff.a, splits: shown.map(\.split))
    return shown.map { changed in
      let examples = changed.examples.prefix(options.examples)
      let tiles = examples.compactMap { example in
        pictures.address(example).map {
          PageModel.Tile(
            address: $0, label: example.answer.caption,
            lines: ["A: \(example.answer.a)", "B: \(example.answer.b)"])
        }
      }
      var section = PageModel.Section(
        heading: "\(diff.terms.changesTitle), \(changed.split) set",
        notes: [DiffWords.changes(changed) + "."], tiles: tiles)
      if tiles.isEmpty { section.tables = [table(changed.answers, examples.map(\.answer))] }
      let rest = changed.examples.count - examples.count
      if rest > 0 {
        section.remarks.append("And \(NumberText.grouped(rest)) more; --examples N shows them.")
      }
      if let problem = pictures.problems[changed.split] { section.remarks.append(problem) }
      return section
    }
  }

  private static func table(
    _ changes: AnswerChanges, _ examples: [AnswerChange]
  ) -> PageModel.Table {
    let style = changes.areNumbers ? "n" : ""
    return .init(
      heading: numbers("Example")
        + [.init(text: DiffWords.capitalized(changes.heading), style: style)]
        + heading("A", "B"),
      rows: examples.map { answer in
        .init(cells: [
          .init(text: String(answer.index), style: "n"), .init(text: answer.target, style: style),
          .init(text: answer.a), .init(text: answer.b),
        ])
      })
  }
}
