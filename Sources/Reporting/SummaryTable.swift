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
      + " · \(NumberText.fixed(seconds, 1)) s\n" + ending(summary) + undefined(summary)
  }

  /// Why a training ended before its last epoch.
  private static func ending(_ summary: RunSummary) -> String {
    if let end = summary.end {
      return end.reason == .completed ? "" : "  \(WrappedText.wrap(end.text, indent: 2))\n"
    }
    let parts = (summary.folds ?? []) + (summary.seeds ?? [])
    let early = parts.compactMap(\.end).filter { $0.reason != .completed }
    if early.isEmpty { return "" }
    let reasons = Set(early.map { $0.reason.rawValue.replacing("_", with: " ") }).sorted()
    return
      "  \(early.count) of \(parts.count) \(summary.folds == nil ? "seeds" : "folds") ended before "
      + "their last epoch: \(reasons.joined(separator: ", "))\n"
  }

  /// Metrics that have no value, or not in every training.
  private static func undefined(_ summary: RunSummary) -> String {
    var text = ""
    for (split, reasons) in (summary.undefined ?? [:]).sorted(by: { $0.key < $1.key }) {
      for (key, reason) in reasons.sorted(by: { $0.key < $1.key }) {
        let name = split.replacing("_", with: " ")
        text += "  \(WrappedText.wrap("\(name) \(label(key)): \(reason)", indent: 2))\n"
      }
    }
    return text
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
      + " · \(NumberText.fixed(seconds, 1)) s\n" + ending(summary) + undefined(summary)
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
      + " · \(NumberText.fixed(seconds, 1)) s\n" + ending(summary) + undefined(summary)
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
