import ExperimentConfig
import Tasks

extension ClassificationReport {
  /// The report as text, character for character as scikit-learn's `classification_report` lays it
  /// out.
  ///
  /// If no prediction is correct, scikit-learn writes the support as `13.0`; so does this.
  ///
  /// - Parameter digits: the number of digits after the decimal point.
  package func text(digits: Int = 2) -> String {
    let averages = [
      (hasAccuracy ? "accuracy" : "micro avg", micro), ("macro avg", macro),
      ("weighted avg", weighted),
    ]
    let longest = classes.map { $0.name.unicodeScalars.count }.max() ?? 0
    let width = max(longest, "weighted avg".count, digits)

    func support(_ row: Row) -> String { "\(row.support)" + (isAllWrong ? ".0" : "") }
    func line(_ name: String, _ cells: [String]) -> String {
      Self.padded(name, width) + " " + cells.map { " " + Self.padded($0, 9) }.joined() + "\n"
    }
    func line(_ name: String, _ row: Row) -> String {
      line(
        name,
        [row.precision, row.recall, row.f1].map { NumberText.fixed($0, digits) }
          + [support(row)])
    }

    var text = line("", ["precision", "recall", "f1-score", "support"]) + "\n"
    for (name, row) in classes { text += line(name, row) }
    text += "\n"
    for (name, row) in averages {
      text +=
        name == "accuracy"
        ? line(name, ["", "", NumberText.fixed(row.f1, digits), support(row)])
        : line(name, row)
    }
    return text
  }

  /// The text of a run's `classification_report.txt`: the table, followed by the classes without
  /// examples, if any.
  package static func file(_ matrix: ConfusionMatrix, names: [String]) -> String {
    let report = ClassificationReport(matrix, names: names)
    let (predicted, absent) = matrix.withoutExamples
    var text = report.text(digits: 4)
    for (labels, meaning) in [
      (predicted, "No examples, but predicted (0 in the macro averages)"),
      (absent, "No examples, never predicted (in no average)"),
    ] where !labels.isEmpty && matrix.total > 0 {
      text += "\n\(meaning): \(labels.map { names[$0] }.joined(separator: ", "))\n"
    }
    return text
  }

  /// Pads on the left to `width`, counting code points as Python does.
  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
  }
}
