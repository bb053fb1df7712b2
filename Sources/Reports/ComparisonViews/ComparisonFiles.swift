import Comparison
import ExperimentConfig
import Report
import RunRecord
import Statistics

/// The table of `runner compare` for other programs: CSV with one row per run, Markdown with one
/// column per run, or JSON.
package enum ComparisonFiles {
  /// CSV as in RFC 4180, with scores in full precision.
  package static func csv(_ comparison: RunComparison) -> String {
    let (settings, scores, facts) = (comparison.settings, comparison.scores, comparison.facts)
    var heading = ["run", "status"] + settings.map(\.path)
    for score in scores {
      let name = "\(score.split)_\(score.key)"
      heading.append(name)
      if score.cells.contains(where: { $0.interval != nil }) {
        heading += ["\(name)_low", "\(name)_high"]
      }
      if score.cells.contains(where: { $0.deviation != nil }) { heading.append("\(name)_sd") }
    }
    let splits = Self.splits(comparison)
    for split in splits { heading += ["\(split)_scored", "\(split)_interval"] }
    heading += facts.map { $0.label == "time" ? "seconds" : column($0.label) }
    var text = line(heading)
    for (index, run) in comparison.runs.enumerated() {
      var cells = [run.name, run.evidence.status] + settings.map { $0.values[index] ?? "" }
      for score in scores {
        let cell = score.cells[index]
        cells.append(number(cell.value))
        if score.cells.contains(where: { $0.interval != nil }) {
          cells += [number(cell.interval?.lower), number(cell.interval?.upper)]
        }
        if score.cells.contains(where: { $0.deviation != nil }) {
          cells.append(number(cell.deviation))
        }
      }
      for split in splits {
        cells.append(comparison.basis(split, index)?.description ?? "")
        cells.append(CompareWords.method(comparison, split, index)?.description ?? "")
      }
      text += line(cells + facts.map { number($0.numbers[index]) })
    }
    return text
  }

  private static func splits(_ comparison: RunComparison) -> [String] {
    ["test", "validation"].filter { split in comparison.scores.contains { $0.split == split } }
  }

  private static func column(_ label: String) -> String {
    label.lowercased().replacing(",", with: "").replacing(" ", with: "_")
  }

  private static func number(_ value: Double?) -> String { value.map(NumberText.short) ?? "" }

  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      guard cell.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return cell }
      return "\"\(cell.replacing("\"", with: "\"\""))\""
    }.joined(separator: ",") + "\n"
  }

  package static func markdown(_ comparison: RunComparison) -> String {
    let runs = comparison.runs
    var text = row([""] + runs.map { "\($0.label): \($0.name)" })
    text += "| --- |" + String(repeating: " ---: |", count: runs.count) + "\n"
    for setting in comparison.settings {
      text += row(["`\(setting.path)`"] + setting.values.map { $0 ?? DiffWords.none })
    }
    for score in comparison.scores where CompareWords.isShown(score) {
      let cells = score.cells.enumerated().map { index, cell in
        let value = CompareWords.cell(cell)
        let range = CompareWords.interval(cell).map { " (\($0))" } ?? ""
        return (score.best.contains(index) ? "**\(value)**" : value) + range
      }
      text += row([CompareWords.label(score)] + cells)
    }
    for fact in comparison.facts {
      text += row([fact.label] + fact.values.map { $0 ?? DiffWords.none })
    }
    let notes = comparison.cautions + CompareWords.notes(comparison)
    return text + notes.map { "\n> \($0)\n" }.joined()
  }

  private static func row(_ cells: [String]) -> String {
    let escaped = cells.map { cell in
      cell.replacing("\\", with: "\\\\").replacing("|", with: "\\|")
        .replacing("<", with: "&lt;").split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    return "| " + escaped.joined(separator: " | ") + " |\n"
  }

  package static func json(_ comparison: RunComparison) -> JSONValue {
    func values(_ values: [String?]) -> JSONValue {
      .array(values.map { $0.map(JSONValue.string) ?? .null })
    }
    return [
      "runs": .array(
        comparison.runs.map { run in
          [
            "run": .string(run.run.path), "name": .string(run.name), "label": .string(run.label),
            "status": .string(run.evidence.status),
            "problems": .array(run.problems.map(JSONValue.string)),
            "scored": scored(run.evidence),
          ]
        }),
      "configuration": .array(
        comparison.settings.map { setting in
          [
            "path": .string(setting.path), "kind": .string(setting.kind.rawValue),
            "values": values(setting.values),
          ]
        }),
      "scores": .array(
        comparison.scores.map { score in
          [
            "split": .string(score.split), "key": .string(score.key),
            "values": .array(score.cells.map { $0.value.map(JSONValue.number) ?? .null }),
            "intervals": .array(
              score.cells.map { cell in
                cell.interval.map { [.number($0.lower), .number($0.upper)] } ?? .null
              }),
            "interval_methods": .array(
              score.cells.map { $0.interval.map { JSONValue($0.method) } ?? .null }),
            "not_ranked": comparison.obstacles[score.split].map(JSONValue.string) ?? .null,
            "best": .array(score.best.sorted().map(JSONValue.integer)),
          ]
        }),
      "facts": .object(
        Dictionary(
          uniqueKeysWithValues: comparison.facts.map { fact in
            (
              fact.label == "time" ? "seconds" : column(fact.label),
              .array(fact.numbers.map { $0.map(JSONValue.number) ?? .null })
            )
          })),
      "cautions": .array(comparison.cautions.map(JSONValue.string)),
    ]
  }
}

extension ComparisonFiles {
  /// The examples and models that the scores of each split come from.
  static func scored(_ evidence: RunEvidence) -> JSONValue {
    var object: [String: JSONValue] = [:]
    for split in ["validation", "test"] {
      guard let basis = evidence.basis(of: split) else { continue }
      object[split] = [
        "examples": .integer(basis.examples), "models": .integer(basis.models),
        "by": .string(basis.by.rawValue),
      ]
    }
    return .object(object)
  }
}

/// Formats the parts of a comparison of several runs.
enum CompareWords {
  static func label(_ score: RunComparison.Score) -> String {
    "\(score.split) \(DiffWords.label(score.key))"
  }

  static func isShown(_ score: RunComparison.Score) -> Bool {
    !score.key.hasSuffix("_micro") && !score.key.hasSuffix("_weighted")
  }

  static func cell(_ cell: RunComparison.Cell) -> String {
    DiffWords.score(cell.value, deviation: cell.deviation)
  }

  /// For example `0.9612–0.9688`.
  static func interval(_ cell: RunComparison.Cell) -> String? {
    cell.interval.map { "\(NumberText.fixed($0.lower, 4))–\(NumberText.fixed($0.upper, 4))" }
  }

  /// How the intervals of a run were computed; `nil` if it has none.
  static func method(
    _ comparison: RunComparison, _ split: String, _ run: Int
  ) -> IntervalMethod? {
    comparison.scores.lazy.filter { $0.split == split }
      .compactMap { $0.cells[run].interval?.method }.first
  }

  /// For example `1,000`, `1,000, mean of 3 models` or `1,000, ensemble of 5 models`.
  static func basis(_ basis: ScoreBasis?) -> String {
    guard let basis else { return DiffWords.none }
    let examples = NumberText.grouped(basis.examples)
    return basis.by == .single ? examples : "\(examples), \(basis.modelsText)"
  }

  /// Footnotes on the best-run mark and the intervals; runs with the same interval method are
  /// listed together.
  static func notes(_ comparison: RunComparison) -> [String] {
    var notes: [String] = []
    for split in ["test", "validation"] {
      var known: [(text: String, runs: [String])] = []
      for (index, run) in comparison.runs.enumerated() {
        guard let text = method(comparison, split, index)?.description else { continue }
        if let place = known.firstIndex(where: { $0.text == text }) {
          known[place].runs.append(run.label)
        } else {
          known.append((text, [run.label]))
        }
      }
      for (text, runs) in known {
        let which = runs.count == comparison.runs.count ? "" : " of \(runs.joined(separator: ", "))"
        notes.append("\(split) scores\(which): \(text)")
      }
    }
    if comparison.scores.contains(where: { !$0.best.isEmpty }) {
      notes.append(bestNote)
    } else if comparison.obstacles.count < 2, comparison.runs.count > 1 {
      notes.append("no run is significantly better than every other")
    }
    return notes
  }

  static let bestNote =
    "● is significantly better than every other run (paired test, Holm-corrected p < 0.05)"
}
