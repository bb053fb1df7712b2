import ExperimentConfig
import RunRecord

/// The closing table of a run.
package enum SummaryTable {
  package static func render(_ summary: RunSummary, seconds: Double) -> String {
    var table = TextTable([.left, .right, .right])
    table.add(["", "validation", "test"])
    for key in keys(summary) {
      table.add([
        label(key), cell(key, summary.validation[key]), cell(key, summary.test[key]),
      ])
    }
    return table.render()
      + "\n  best epoch \(summary.bestEpoch) of \(summary.epochs)"
      + " · \(NumberText.grouped(summary.parameters.trainable)) trainable parameters"
      + " · \(NumberText.fixed(seconds, 1)) s\n"
  }

  /// The usual ones in their usual order, then by name.
  private static func keys(_ summary: RunSummary) -> [String] {
    let first = [
      "loss", "accuracy", "precision_macro", "recall_macro", "f1_macro", "precision_weighted",
      "recall_weighted", "f1_weighted",
    ]
    let all = Set(summary.validation.keys).union(summary.test.keys)
    return first.filter(all.contains) + all.subtracting(first).sorted()
  }

  private static func label(_ key: String) -> String {
    let words = key.split(separator: "_").map(String.init)
    guard words.count > 1, let average = words.last, ["macro", "weighted"].contains(average) else {
      return words.joined(separator: " ")
    }
    return words.dropLast().joined(separator: " ") + " (\(average))"
  }

  private static func cell(_ key: String, _ value: Double?) -> String {
    value.map { NumberText.fixed($0, 4) } ?? "–"
  }
}
