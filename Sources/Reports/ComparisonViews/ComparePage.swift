import Comparison
import ExperimentConfig
import Report
import RunRecord
import Tasks

/// `runner compare --html`: several runs on one self-contained page that needs no network and no
/// scripts.
package enum ComparePage {
  package static func render(_ comparison: RunComparison) throws -> String {
    let sections = [
      table(comparison), curves(comparison), parts(comparison), matrices(comparison),
    ]
    return try ComparisonTemplate.render(
      PageModel(
        title: "Comparison of \(comparison.runs.count) runs",
        runs: comparison.runs.enumerated().map {
          RunHeading.make(
            $0.element, $0.offset, settings: comparison.distinctions.settings[$0.offset])
        },
        alerts: alerts(comparison), sections: sections.filter { !$0.isEmpty },
        footer: "Written by runner \(Version.runner)."))
  }

  private static func alerts(_ comparison: RunComparison) -> [PageModel.Alert] {
    var alerts = comparison.cautions.map { caution in
      PageModel.Alert(
        style: "warn", heading: "Not directly comparable",
        lines: [caution.prefix(1).uppercased() + caution.dropFirst() + "."])
    }
    for run in comparison.runs where !run.problems.isEmpty {
      alerts.append(.init(style: "bad", heading: "Missing from \(run.label)", lines: run.problems))
    }
    return alerts
  }

  private static func cell(_ text: String, _ style: String = "") -> PageModel.Cell {
    .init(text: text, style: style)
  }

  private static func table(_ comparison: RunComparison) -> PageModel.Section {
    let heading = [cell("")] + comparison.runs.map { cell($0.label, "n") }
    var tables: [PageModel.Table] = []
    if !comparison.settings.isEmpty {
      tables.append(
        .init(
          caption: ["Configuration differences"],
          heading: [cell("")] + comparison.runs.map { cell($0.label) },
          rows: comparison.settings.map { setting in
            .init(
              cells: [cell(setting.path, "mono")]
                + setting.values.map {
                  cell($0 ?? DiffWords.none, setting.kind == .semantic ? "" : "dim")
                })
          }))
    }
    let shown = comparison.scores.filter(CompareWords.isShown)
    if !shown.isEmpty {
      let splits = ["test", "validation"].filter { split in shown.contains { $0.split == split } }
      tables.append(
        .init(
          caption: ["Scores, with their confidence intervals"], heading: heading,
          rows: splits.map { split in
            .init(
              cells: [cell("\(split) examples")]
                + comparison.runs.indices.map {
                  cell(CompareWords.basis(comparison.basis(split, $0)), "n")
                })
          }
            + shown.map { score in
              .init(
                cells: [cell(CompareWords.label(score))]
                  + score.cells.enumerated().map { index, value in
                    .init(
                      text: CompareWords.cell(value),
                      style: score.best.contains(index) ? "n best" : "n",
                      small: CompareWords.interval(value) ?? "")
                  })
            }))
    }
    if !comparison.facts.isEmpty {
      tables.append(
        .init(
          caption: ["Costs"], heading: heading,
          rows: comparison.facts.map { fact in
            .init(
              cells: [cell(fact.label)] + fact.values.map { cell($0 ?? DiffWords.none, "n") })
          }))
    }
    return .init(
      heading: "Side by side", tables: tables,
      remarks: CompareWords.notes(comparison).map { note in
        note.prefix(1).uppercased() + note.dropFirst() + "."
      })
  }

  private static func curves(_ comparison: RunComparison) -> PageModel.Section {
    .init(
      heading: "Curves", keys: RunHeading.keys(comparison.distinctions.legends),
      charts: RunHeading.charts(comparison.curves, comparison.primary))
  }

  private static func parts(_ comparison: RunComparison) -> PageModel.Section {
    guard let scores = comparison.partScores, scores.values.contains(where: { $0 != nil }) else {
      return .init(heading: DiffWords.capitalized(comparison.terms.parts))
    }
    return .init(
      heading: "\(scores.title), \(comparison.split) set",
      tables: [
        .init(
          heading: [cell(DiffWords.capitalized(comparison.terms.part))]
            + comparison.runs.map { cell($0.label, "n") } + [cell("")],
          rows: scores.names.enumerated().map { place, name in
            let values = scores.values.map { $0?[place] ?? nil }
            return .init(
              cells: [cell(name)] + values.map { cell(PartWords.score($0), "n") }
                + [
                  .init(
                    text: "", style: "bars",
                    bars: values.enumerated().compactMap { index, value in
                      value.map {
                        .init(
                          style: ComparisonStyle.run(index),
                          width: Int(($0 / scores.full * 100).rounded()))
                      }
                    })
                ])
          })
      ], keys: RunHeading.keys(comparison.distinctions.legends))
  }

  // MARK: Matrices

  /// Wider tables would be unreadable.
  private static let mostColumns = 30

  private static func matrices(_ comparison: RunComparison) -> PageModel.Section {
    guard let matrices = comparison.matrices else { return .init(heading: "") }
    var section = PageModel.Section(heading: "\(matrices.title), \(comparison.split) set")
    let known = matrices.runs.enumerated().compactMap { index, counts in
      counts.map { (index: index, label: comparison.runs[index].label, counts: $0) }
    }
    guard let first = known.first else { return section }
    let (names, size) = (matrices.names, first.counts.count)
    guard size <= mostColumns else {
      section.notes = [
        "\(NumberText.grouped(size)) \(comparison.terms.parts) are too many for tables; use --png "
          + "to draw them."
      ]
      return section
    }
    section.layout = "sheets"
    section.tables = known.map { entry in
      matrix("Run \(entry.label)", names, entry.counts, isDifference: false)
    }
    for entry in known.dropFirst() where comparison.isSubtractable(first.index, entry.index) {
      section.tables.append(
        matrix(
          "\(entry.label) − \(first.label)", names,
          CountMatrices.difference(entry.counts, first.counts), isDifference: true))
    }
    section.remarks = [
      "\(matrices.note) In a run blue is right and orange wrong; in a difference blue is better "
        + "and orange worse than \(first.label)."
    ]
    return section
  }

  private static func matrix(
    _ caption: String, _ names: [String], _ values: [[Int]], isDifference: Bool
  ) -> PageModel.Table {
    func most(_ isDiagonal: Bool) -> Double {
      let cells = values.enumerated().flatMap { row, values in
        values.enumerated().filter { ($0.offset == row) == isDiagonal }.map { abs($0.element) }
      }
      return Double(max(1, cells.max() ?? 1))
    }
    // Errors are few: on the scale of the correct predictions they would be invisible.
    let scales = (right: most(true), wrong: most(false))
    return .init(
      caption: [caption], style: "matrix",
      heading: [cell("")] + names.map { cell(String($0.prefix(10))) },
      rows: values.enumerated().map { row, values in
        .init(
          cells: [cell(names[row].prefix(10) + "", "total")]
            + values.enumerated().map { column, value in
              let isDiagonal = row == column
              let depth =
                (Double(abs(value)) / (isDiagonal ? scales.right : scales.wrong)).squareRoot()
              // More correct predictions are good, more wrong ones are not.
              let isGood = isDifference ? (value > 0) == isDiagonal : isDiagonal
              let style = value == 0 ? "zero" : isGood ? "right" : "wrong"
              let sign = isDifference && value > 0 ? "+" : value < 0 ? "−" : ""
              return .init(
                text: value == 0 ? "·" : sign + NumberText.grouped(abs(value)),
                style: style + (depth > 0.75 ? " deep" : ""), heat: Int((depth * 85).rounded()),
                hint: "\(names[row]) taken for \(names[column])")
            })
      })
  }
}
