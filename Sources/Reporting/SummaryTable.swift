import ExperimentConfig
import RunRecord

/// The closing table of a run.
package enum SummaryTable {
  package static func render(_ summary: RunSummary, seconds: Double) -> String {
    if let folds = summary.folds { return ofFolds(summary, folds, seconds: seconds) }
    if let seeds = summary.seeds { return ofSeeds(summary, seeds, seconds: seconds) }
    var table = TextTable([.left, .right, .right, .left])
    table.add(["", "validation", "test", summary.intervals == nil ? "" : "95 % interval of test"])
    for key in keys(summary) {
      table.add([
        label(key), cell(key, summary.validation[key]), cell(key, summary.test[key]),
        interval(summary.intervals?["test"]?[key]),
      ])
    }
    return table.render()
      + "\n  best epoch \(summary.bestEpoch) of \(summary.epochs)"
      + " · \(NumberText.grouped(summary.parameters.trainable)) trainable parameters"
      + " · \(NumberText.fixed(seconds, 1)) s\n" + notes(summary)
  }

  /// What the averages say nothing about: classes without examples.
  private static func notes(_ summary: RunSummary) -> String {
    ["validation", "test"].compactMap { split in
      note(summary.withoutExamples?[split] ?? [], of: split).map { "  \($0)\n" }
    }.joined()
  }

  /// Names classes, by number, of which a set has no example; nil if there are none.
  package static func note(_ classes: [Int], of split: String) -> String? {
    if classes.isEmpty { return nil }
    let shown = classes.prefix(12).map(String.init).joined(separator: ", ")
    let more = classes.count > 12 ? " and \(classes.count - 12) more" : ""
    return "the \(split) set has no example of class \(shown)\(more)"
  }

  /// Metrics of one set of examples, with the intervals of those that have one.
  package static func render(_ values: [String: Double], intervals: [String: [Double]]) -> String {
    var table = TextTable([.left, .right, .left])
    table.add(["", "", "95 % interval"])
    for key in keys(Set(values.keys)) {
      table.add([label(key), cell(key, values[key]), interval(intervals[key])])
    }
    return table.render()
  }

  /// The mean over the folds with its spread, and what their models say together.
  private static func ofFolds(
    _ summary: RunSummary, _ folds: [RunSummary.Part], seconds: Double
  ) -> String {
    var table = TextTable([.left, .right, .left, .right, .right])
    table.add(["", "mean ± sd", "95 % interval", "pooled", "test"])
    for key in keys(summary) {
      let spread = summary.validationSD?[key].map { " ± " + NumberText.fixed($0, 4) } ?? ""
      table.add([
        label(key), cell(key, summary.validation[key]) + spread,
        interval(summary.intervals?["validation"]?[key]), cell(key, summary.pooled?[key]),
        cell(key, summary.test[key]),
      ])
    }
    return table.render()
      + "\n  \(folds.count) folds: pooled are all out-of-fold predictions, test their averaged models"
      + "\n  \(NumberText.grouped(summary.parameters.trainable)) trainable parameters"
      + " · \(NumberText.fixed(seconds, 1)) s\n" + notes(summary)
  }

  /// The mean over the seeds with its spread.
  private static func ofSeeds(
    _ summary: RunSummary, _ seeds: [RunSummary.Part], seconds: Double
  ) -> String {
    var table = TextTable([.left, .right, .right, .left])
    table.add(["mean ± sd", "validation", "test", "95 % interval of test"])
    func spread(_ key: String, _ mean: Double?, _ deviation: Double?) -> String {
      cell(key, mean) + (deviation.map { " ± " + NumberText.fixed($0, 4) } ?? "")
    }
    for key in keys(summary) {
      table.add([
        label(key), spread(key, summary.validation[key], summary.validationSD?[key]),
        spread(key, summary.test[key], summary.testSD?[key]),
        interval(summary.intervals?["test"]?[key]),
      ])
    }
    let ends = [seeds.first, seeds.last].compactMap { $0?.seed.map(String.init) }
    return table.render()
      + "\n  \(seeds.count) seeds, \(ends.joined(separator: " to ")): the interval is that of the mean"
      + " · \(NumberText.grouped(summary.parameters.trainable)) trainable parameters"
      + " · \(NumberText.fixed(seconds, 1)) s\n" + notes(summary)
  }

  /// The usual ones in their usual order, then by name. Of the averages over classes the macro one is
  /// shown; the others are in `summary.json`.
  private static func keys(_ summary: RunSummary) -> [String] {
    keys(Set(summary.validation.keys).union(summary.test.keys))
  }

  private static func keys(_ all: Set<String>) -> [String] {
    let first = ["loss", "accuracy", "precision_macro", "recall_macro", "f1_macro"]
    let all = all.filter { !$0.hasSuffix("_micro") && !$0.hasSuffix("_weighted") }
    return first.filter(all.contains) + all.subtracting(first).sorted()
  }

  private static func label(_ key: String) -> String {
    let words = key.split(separator: "_").map(String.init)
    guard words.count > 1, let average = words.last, average == "macro" else {
      return words.joined(separator: " ")
    }
    return words.dropLast().joined(separator: " ") + " (\(average))"
  }

  private static func interval(_ ends: [Double]?) -> String {
    guard let ends, ends.count == 2 else { return "" }
    return ends.map { NumberText.fixed($0, 4) }.joined(separator: " to ")
  }

  private static func cell(_ key: String, _ value: Double?) -> String {
    value.map { NumberText.fixed($0, 4) } ?? "–"
  }
}
