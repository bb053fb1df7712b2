import ExperimentConfig

/// A model's answer to one input, formatted for output.
package struct AnswerText: Sendable {
  /// The table cells, in the order of ``AnswerHeadings/cells``.
  package var cells: [String]
  /// Further candidates, most likely first; empty if the task has none.
  package var next: [String]
  /// The fields of the JSON output.
  package var json: [String: JSONValue]
  /// The CSV cells, in the order of ``AnswerHeadings/csv``.
  package var csv: [String]
  /// Further parts of the answer, such as further objects in an image, each a row of its own in the table.
  package var furtherCells: [[String]] = []
  /// The same in CSV.
  package var furtherCSV: [[String]] = []

  package init(
    cells: [String], next: [String] = [], json: [String: JSONValue], csv: [String]
  ) {
    self.cells = cells
    self.next = next
    self.json = json
    self.csv = csv
  }
}

/// The column headings for ``AnswerText``.
package struct AnswerHeadings: Sendable {
  package var cells: [String]
  package var csv: [String]
  /// Whether answers have further candidates.
  package var hasNext: Bool

  package init(cells: [String], csv: [String], hasNext: Bool = false) {
    self.cells = cells
    self.csv = csv
    self.hasNext = hasNext
  }
}

extension Float {
  /// The double with the same shortest decimal representation, as written to `predictions.csv`.
  package var asWritten: Double { Double("\(self)") ?? Double(self) }
}
