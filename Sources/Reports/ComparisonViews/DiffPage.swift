import Comparison
import ExperimentConfig
import Report
import RunRecord
import Statistics

/// `runner diff --html`: the comparison on one self-contained page that needs no network and no
/// scripts.
package enum DiffPage {
  package static func render(_ diff: RunDiff, _ options: DiffOptions) throws -> String {
    try ComparisonTemplate.render(page(diff, options))
  }

  private static func page(_ diff: RunDiff, _ options: DiffOptions) -> PageModel {
    var sections = [
      configuration(diff, options), facts("Code", diff.code, options),
      facts("Environment", diff.environment, options), data(diff, options),
    ]
    sections += diff.scores.map { scores($0, options) }
    sections.append(parts(diff, options))
    sections += examples(diff, options)
    sections += [
      curves(diff), weights(diff.weights, options), facts("Timings", diff.timings, options),
    ]
    return PageModel(
      title: "Comparison of " + diff.distinctions.legends.joined(separator: " and "),
      runs: [diff.a, diff.b].enumerated().map {
        RunHeading.make($0.element, $0.offset, settings: diff.distinctions.settings[$0.offset])
      },
      alerts: alerts(diff), sections: sections.filter { !$0.isEmpty },
      footer: "Written by runner \(Version.runner)"
        + (options.showsAll ? "." : "; identical values are left out."))
  }

  private static func alerts(_ diff: RunDiff) -> [PageModel.Alert] {
    let style =
      switch diff.verdict.outcome {
      case .identical, .aBetter, .bBetter: "good"
      case .indistinguishable, .notComparable, .notConfirmed: "warn"
      }
    let reason = diff.verdict.reason
    let lines =
      [reason.prefix(1).uppercased() + reason.dropFirst() + "."]
      + diff.verdict.sentences.dropFirst()
    var alerts = [PageModel.Alert(style: style, heading: diff.verdict.heading, lines: lines)]
    for run in [diff.a, diff.b] where !run.problems.isEmpty {
      alerts.append(
        .init(style: "bad", heading: "Missing from \(run.label)", lines: run.problems))
    }
    return alerts
  }

  // MARK: Sections

  private static func configuration(
    _ diff: RunDiff, _ options: DiffOptions
  ) -> PageModel.Section {
    var section = PageModel.Section(heading: "Configuration")
    if diff.a.configuration == nil || diff.b.configuration == nil {
      section.notes = ["The configurations cannot be compared."]
    } else if diff.configuration.isEmpty {
      if options.showsAll { section.notes = ["The configurations are the same."] }
    } else {
      func cell(_ value: ConfigurationChange.Value?) -> PageModel.Cell {
        .init(text: value?.text ?? DiffWords.none, small: value?.origin ?? "")
      }
      section.tables = [
        .init(
          heading: heading("Value", "A", "B", "Kind"),
          rows: diff.configuration.map { change in
            .init(cells: [
              .init(text: change.path, style: "mono"), cell(change.a), cell(change.b),
              .init(
                text: change.kind.rawValue, style: change.kind == .semantic ? "" : "dim"),
            ])
          })
      ]
      section.remarks = [
        "Semantic: can change what is learned. Measurement: changes what is measured. Cosmetic: affects no result."
      ]
    }
    return section
  }

  private static func facts(
    _ title: String, _ facts: [FactChange], _ options: DiffOptions
  ) -> PageModel.Section {
    let shown = facts.filter { options.showsAll || $0.differs && $0.label != "command" }
    if shown.isEmpty { return .init(heading: title) }
    return .init(
      heading: title,
      tables: [
        .init(
          heading: heading("", "A", "B"),
          rows: shown.map { fact in
            .init(cells: [
              .init(text: fact.label, style: fact.isCausal && fact.differs ? "" : "dim"),
              .init(text: fact.a ?? DiffWords.none), .init(text: fact.b ?? DiffWords.none),
            ])
          })
      ])
  }

  private static func data(_ diff: RunDiff, _ options: DiffOptions) -> PageModel.Section {
    var section = facts("Data", diff.data, options)
    section.notes += diff.moves.map(DiffWords.moves)?.map { $0 + "." } ?? []
    return section
  }

  private static func scores(_ table: ScoreTable, _ options: DiffOptions) -> PageModel.Section {
    let shown = table.rows.filter { options.showsAll || DiffWords.isShown($0) }
    var section = PageModel.Section(
      heading: table.split == "test" ? "Test scores" : "Validation scores")
    if shown.isEmpty { return section }
    let isTested = table.reason == nil
    section.tables = [
      .init(
        heading: heading("Score") + numbers("A", "B", "B − A")
          + (isTested
            ? numbers(table.intervalMethod.map { "\($0.confidenceText) interval" } ?? "", "p")
              + heading("Test") : []),
        rows: shown.map { row in
          let better = row.isSignificant ? row.isBBetter : nil
          func side(_ value: Double?, _ deviation: Double?, _ isBest: Bool) -> PageModel.Cell {
            .init(
              text: DiffWords.score(value), style: isBest ? "n best" : "n",
              small: deviation.map { "± " + NumberText.fixed($0, 4) } ?? "")
          }
          return .init(
            cells: [
              .init(text: DiffWords.label(row.key)), side(row.a, row.deviationA, better == false),
              side(row.b, row.deviationB, better == true),
              .init(text: DiffWords.signed(row.difference), style: "n"),
            ]
              + (isTested
                ? [
                  .init(text: DiffWords.interval(row), style: "n"),
                  .init(text: DiffWords.p(row), style: "n"),
                  .init(
                    text: row.test?.name ?? "", style: "words", small: row.test?.detail ?? ""),
                ] : []))
        })
    ]
    if let reason = table.reason {
      section.remarks = ["No test: \(reason)."]
    } else {
      section.remarks = [
        "On \(table.basis); p after Holm's correction, intervals of the difference"
          + "\(table.intervalMethod.map { " (\($0.basisText))" } ?? ""), ● marks a significant "
          + "difference (p < 0.05)."
      ]
    }
    if let note = table.note { section.remarks.append("\(DiffWords.capitalized(note)).") }
    return section
  }

  private static func curves(_ diff: RunDiff) -> PageModel.Section {
    if diff.curves.epochs.a + diff.curves.epochs.b == 0 { return .init(heading: "Curves") }
    let curves = [diff.a, diff.b].map { LearningCurve($0.evidence.epochs) }
    return .init(
      heading: "Curves", notes: [DiffWords.curves(diff)],
      keys: RunHeading.keys(diff.distinctions.legends),
      charts: RunHeading.charts(curves, diff.a.evidence.primary))
  }

  private static func weights(_ weights: WeightsDiff, _ options: DiffOptions) -> PageModel.Section {
    var section = PageModel.Section(heading: "Weights", notes: weights.notes)
    if weights.changes.isEmpty {
      if options.showsAll, weights.isCompared {
        section.notes.append("All \(weights.same) tensors are the same.")
      }
      return section
    }
    section.tables = [
      .init(
        heading: heading("Tensor", "Shape") + numbers("Max |Δ|", "Relative L2", "Cosine"),
        rows: weights.changes.map { change in
          .init(cells: [
            .init(
              text: change.name, style: "mono",
              small: change.notFinite > 0 ? "\(change.notFinite) not finite" : ""),
            .init(text: "\(change.shape)", style: "mono"),
            .init(text: DiffWords.magnitude(change.largest), style: "n"),
            .init(text: DiffWords.magnitude(change.relative), style: "n"),
            .init(
              text: change.cosine.map { NumberText.fixed($0, 4) } ?? DiffWords.none, style: "n"),
          ])
        })
    ]
    return section
  }

  static func heading(_ texts: String...) -> [PageModel.Cell] {
    texts.map { .init(text: $0) }
  }

  static func numbers(_ texts: String...) -> [PageModel.Cell] {
    texts.map { .init(text: $0, style: "n") }
  }
}
