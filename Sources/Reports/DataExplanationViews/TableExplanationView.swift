import ExperimentConfig
import Reporting
import TableEffects

/// Which columns of a table the models depend on, and the warnings about it.
package struct TableExplanationView: Sendable {
  package var run: String
  package var dataset: String
  /// `validation` or `test`.
  package var split: String
  /// What one example is answered by: `fold 2`, or each fold's own model; `nil` for a single model.
  package var models: String?
  package var explanation: TableExplanation
  package var warnings: [String]

  package init(
    run: String, dataset: String, split: String, models: String?, explanation: TableExplanation,
    warnings: [String]
  ) {
    self.run = run
    self.dataset = dataset
    self.split = split
    self.models = models
    self.explanation = explanation
    self.warnings = warnings
  }

  var count: String {
    let count = NumberText.grouped(explanation.examples)
    return explanation.examples < explanation.available
      ? "\(count) of \(NumberText.grouped(explanation.available)) examples" : "\(count) examples"
  }

  var metric: String { explanation.score.key.replacing("_", with: " ") }

  static func number(_ value: Double) -> String {
    let text = NumberText.significant(value, 3)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  static func signed(_ value: Double) -> String {
    value > 0 ? "+\(number(value))" : number(value)
  }

  /// What the importances rest on.
  var basis: String {
    let better = explanation.score.higherIsBetter ? "lower" : "higher"
    return
      "How much \(better) the \(metric) of \(Self.number(explanation.score.value)) becomes if a column is permuted: mean and standard deviation of \(explanation.repeats) permutations on \(count) of the \(split) set, with 95% bootstrap intervals over the examples (\(PermutationImportance.resamples) resamples)."
  }

  /// The importances as a table for a terminal.
  package var text: String {
    var text = "\(run) · \(dataset) · \(split) · \(count)"
    if let models { text += " · \(models)" }
    text += "\n\n"
    var table = TextTable([.left, .right, .right, .right])
    let fall = explanation.score.higherIsBetter ? "drop" : "rise"
    table.add(["column", "\(fall) of \(metric)", "± sd", "95% interval"])
    for item in explanation.importances {
      table.add([
        item.column, Self.number(item.mean), Self.number(item.deviation),
        item.interval.map { "\(Self.number($0.lower)) … \(Self.number($0.upper))" } ?? "",
      ])
    }
    text += table.render()
    text += "\n  " + WrappedText.wrap(basis, indent: 2) + "\n"
    for note in explanation.associationNotes {
      text += "\n  " + WrappedText.wrap(note + ".", indent: 2) + "\n"
    }
    return text + rowText
  }

  /// The rows of files.
  private var rowText: String {
    var text = ""
    for row in explanation.rows {
      text +=
        "\n  \(row.file) · row \(row.row) · \(row.output): \(Self.number(row.value))\n\n"
      var table = TextTable([.left, .right])
      table.add(["column", "contribution"])
      for item in row.contributions.sorted(by: { abs($0.value) > abs($1.value) }) {
        table.add([item.column, Self.signed(item.value)])
      }
      text += table.render(indent: 4)
    }
    guard let first = explanation.rows.first else { return text }
    return text + "\n  "
      + WrappedText.wrap(
        "A contribution is the answer minus its mean while the column takes the values of \(first.background) training rows. Contributions need not add up.",
        indent: 2) + "\n"
  }
}
