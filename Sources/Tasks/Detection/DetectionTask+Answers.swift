import ExperimentConfig
import Tasks

extension DetectionTask {
  package func answerHeadings(_ layout: PredictionLayout) -> AnswerHeadings {
    AnswerHeadings(
      cells: ["class", "score", "x", "y", "width", "height"],
      csv: ["class", "score", "x", "y", "width", "height"])
  }

  /// A row for each box, the best score first. The table leaves out those below `shown_score`.
  package func answer(_ predictions: Predictions, _ row: Int, next: Int) -> AnswerText {
    let found = FoundBoxes.boxes(predictions.outputs(at: row))
    let shown = found.filter { $0.score >= shownScore }
    let limit = NumberText.short(shownScore)
    let none =
      found.isEmpty
      ? ["nothing", "", "", "", "", ""]
      : ["nothing", "from \(limit)", "", "", "", ""]
    let cells = shown.isEmpty ? [none] : shown.map(cells)
    let csv = found.isEmpty ? [Array(repeating: "", count: 6)] : found.map(csv)
    var answer = AnswerText(
      cells: cells[0], json: ["boxes": .array(found.map(json))], csv: csv[0])
    answer.furtherCells = Array(cells.dropFirst())
    answer.furtherCSV = Array(csv.dropFirst())
    return answer
  }

  private func cells(_ found: FoundBox) -> [String] {
    [name(found.label), NumberText.fixed(found.score, 3)]
      + [found.x, found.y, found.width, found.height].map { NumberText.fixed($0, 1) }
  }

  private func csv(_ found: FoundBox) -> [String] {
    [CSVCell.quoted(name(found.label))]
      + [found.score, found.x, found.y, found.width, found.height].map { "\($0)" }
  }

  private func json(_ found: FoundBox) -> JSONValue {
    [
      "class": .string(name(found.label)), "score": .number(found.score),
      "bbox": .array([found.x, found.y, found.width, found.height].map(JSONValue.number)),
    ]
  }
}
