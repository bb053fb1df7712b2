import ExperimentConfig
import Report
import RunRecord
import Statistics
import TaskRegistry
import Tasks

extension ModelCard {
  /// Scores with intervals, for all examples and for each class, label or number, and what they show.
  var evaluation: String {
    let all: [(title: String, body: String)] = [
      ("Scores", scores), (partsTitle, parts), ("Calibration", calibration), ("Results", insights),
    ]
    return all.filter { !$0.body.isEmpty }.map { "### \($0.title)\n\n\($0.body)" }
      .joined(separator: "\n")
  }

  private var scores: String {
    let splits = ["validation", "test"].filter { evidence.summary[$0]?.object.isEmpty == false }
    let rows = evidence.scoreKeys.map { key -> [String] in
      let facts = evidence.facts(of: key)
      let direction = facts.map { $0.higherIsBetter ? "higher" : "lower" } ?? "–"
      return [MarkdownText.escaped(RunEvidence.label(key)), unit(facts), direction]
        + splits.flatMap { split -> [String] in
          guard let value = evidence.summary[split]?[key]?.number else { return ["–", "–"] }
          let interval = evidence.intervalText(split, key)
          return [evidence.text(key, value), interval.isEmpty ? "–" : interval]
        }
    }
    let heading =
      ["Score", "Unit", "Better"]
      + splits.flatMap { [$0.prefix(1).uppercased() + $0.dropFirst(), "Interval"] }
    let notes = evidence.scoreNotes.map(MarkdownText.sentence) + undefined
    return [
      MarkdownText.table(heading, rows),
      MarkdownText.list(notes + [MarkdownText.escaped(task.policy)]),
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// What a number in the table is, besides percentages, which say so themselves.
  private func unit(_ facts: MetricFacts?) -> String {
    guard let facts else { return "–" }
    return facts.unit == .share ? "%" : MarkdownText.escaped(facts.unit.text)
  }

  /// Why scores are missing.
  private var undefined: [String] {
    ["validation", "test"].flatMap { split in
      (evidence.summary["undefined"]?[split]?.object ?? [:]).sorted { $0.key < $1.key }
        .compactMap { key, reason in
          reason.text.map {
            MarkdownText.sentence("\(split): \(RunEvidence.label(key)) has no value: \($0)")
          }
        }
    }
  }

  // MARK: Classes, labels or numbers

  private var partWord: String { type(of: task).comparison.part }

  private var partsTitle: String { "Scores of each \(partWord)" }

  private var parts: String {
    guard let (split, predictions) = evidence.answers.reported else { return "" }
    let scored = task.scoredParts(predictions)
    let names = task.partNames
    guard !scored.isEmpty, !names.isEmpty else { return "" }
    let rows = names.indices.map { row in
      [MarkdownText.escaped(names[row])]
        + scored.flatMap { column -> [String] in
          [
            column.values[row].map { Self.text($0, column.facts) } ?? "–",
            Self.telling(column.intervals[row]).map {
              "\(Self.text($0.lower, column.facts)) to \(Self.text($0.upper, column.facts))"
            } ?? "–",
          ]
        }
    }
    let heading =
      [TaskRegistry.heading(partWord)]
      + scored.flatMap { [TaskRegistry.heading(MarkdownText.escaped($0.label)), "Interval"] }
    return MarkdownText.table(heading, rows) + "\n"
      + MarkdownText.list(notes(split, predictions, scored))
  }

  private func notes(
    _ split: String, _ predictions: Predictions, _ scored: [ScoredParts]
  ) -> [String] {
    let examples = Set(predictions.indices).count
    var notes = [
      "Of the \(split) set: \(Insight.count(predictions.count, "prediction", "predictions")) for "
        + "\(Insight.count(examples, "example", "examples"))."
    ]
    let intervals = scored.flatMap(\.intervals).compactMap(Self.telling)
    if let method = intervals.first?.method {
      notes.append(
        "Intervals: \(method.confidenceText), bootstrap over \(Insight.count(method.count, "example", "examples")). "
          + "A score that is the same in nearly all resamples, or undefined in most, has none.")
    } else if examples < predictions.count {
      notes.append(
        "There are no intervals: several models answered the same examples, and their predictions are not independent "
          + "of each other.")
    }
    return notes
  }

  /// An interval that has a width: one without would claim certainty from few examples.
  private static func telling(_ interval: Interval?) -> Interval? {
    interval.flatMap { $0.upper > $0.lower ? $0 : nil }
  }

  private static func text(_ value: Double, _ facts: MetricFacts) -> String {
    facts.unit == .share ? Insight.percent(value, 2) : NumberText.fixed(value, 4)
  }

  // MARK: Calibration and results

  private var calibration: String {
    guard let (split, predictions) = evidence.answers.reported else { return "" }
    return task.calibration(predictions, split: split).map { block in
      switch block {
      case .text(let text): MarkdownText.escaped(text) + "\n"
      case .table(let table):
        (table.title.isEmpty ? "" : MarkdownText.escaped(table.title) + "\n\n")
          + MarkdownText.table(
            table.heading.map(MarkdownText.escaped),
            table.rows.map { $0.map(MarkdownText.escaped) })
      case .heat: ""
      }
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var insights: String {
    MarkdownText.list(Insights(evidence, report).all.map { MarkdownText.sentence($0.text) })
  }
}
