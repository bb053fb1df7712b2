import ExperimentConfig

/// What a model's answer to one image reads like.
package struct AnswerText: Sendable {
  /// Under the headings of ``AnswerHeadings/cells``.
  package var cells: [String]
  /// Further possibilities, the likeliest first; empty for a task without.
  package var next: [String]
  /// By key of a JSON line.
  package var json: [String: JSONValue]
  /// Under the headings of ``AnswerHeadings/csv``.
  package var csv: [String]

  package init(
    cells: [String], next: [String] = [], json: [String: JSONValue], csv: [String]
  ) {
    self.cells = cells
    self.next = next
    self.json = json
    self.csv = csv
  }
}

/// What stands above answers.
package struct AnswerHeadings: Sendable {
  package var cells: [String]
  package var csv: [String]
  /// Whether answers have further possibilities.
  package var hasNext: Bool

  package init(cells: [String], csv: [String], hasNext: Bool = false) {
    self.cells = cells
    self.csv = csv
    self.hasNext = hasNext
  }
}

extension Float {
  /// The double with the same shortest decimal, as `predictions.csv` writes it.
  package var asWritten: Double { Double("\(self)") ?? Double(self) }
}
