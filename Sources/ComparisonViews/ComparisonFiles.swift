import Comparison
import ExperimentConfig
import Report
import RunRecord

/// The table of `runner compare` for other programs: CSV with a line a run, Markdown with a column a
/// run, JSON.
package enum ComparisonFiles {
  /// RFC 4180. Scores with all their digits.
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
    heading += facts.map { $0.label == "time" ? "seconds" : column($0.label) }
    var text = line(heading)
    for (index, run) in comparison.runs.enumerated() {
      var cells = [run.name, run.evidence.status] + settings.map { $0.values[index] ?? "" }
      for score in scores {
        let cell = score.cells[index]
        cells.append(number(cell.value))
        if score.cells.contains(where: { $0.interval != nil }) {
          cells += [number(cell.interval?[0]), number(cell.interval?[1])]
        }
        if score.cells.contains(where: { $0.deviation != nil }) {
          cells.append(number(cell.deviation))
        }
      }
      text += line(cells + facts.map { number($0.numbers[index]) })
    }
    return text
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
    let cautions = comparison.cautions.map { "\n> \($0)\n" }.joined()
    return text + cautions
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
                cell.interval.map { .array($0.map(JSONValue.number)) } ?? .null
              }),
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

/// How the parts of a comparison of several runs read.
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

  /// `0.9612–0.9688`.
  static func interval(_ cell: RunComparison.Cell) -> String? {
    cell.interval.map { ends in ends.map { NumberText.fixed($0, 4) }.joined(separator: "–") }
  }
}
