import Diagnostics
import ExperimentConfig
import RunRecord
import Statistics
import TaskRegistry
import Tasks

/// The table printed at the end of a run.
package enum SummaryTable {
  /// - Parameter classes: what the targets are called, such as the names of the classes.
  package static func render(
    _ summary: RunSummary, seconds: Double, classes: [String]
  ) -> String {
    table(summary, seconds: seconds) + ending(summary) + undefined(summary)
      + absentClasses(summary, classes)
  }

  private static func table(_ summary: RunSummary, seconds: Double) -> String {
    if let folds = summary.folds { return ofFolds(summary, folds, seconds: seconds) }
    if let seeds = summary.seeds { return ofSeeds(summary, seeds, seconds: seconds) }
    var table = TextTable([.left, .right, .right, .left])
    let method = summary.intervalMethods?["test"]
    table.add([
      "", "validation", "test", method.map { "\($0.confidenceText) interval of test" } ?? "",
    ])
    for key in keys(summary) {
      table.add([
        label(key), cell(key, summary.validation[key]), cell(key, summary.test[key]),
        summary.interval("test", key)?.text ?? "",
      ])
    }
    let best: String? =
      summary.end?.epochs == 0
      ? "not trained"
      : summary.validation.isEmpty
        ? nil : summary.bestEpoch.map { "best epoch \($0) of \(summary.epochs)" }
    return table.render()
      + notes((method.map { ["interval: \($0.basisText)"] } ?? []) + fitted(summary))
      + "\n  \(best ?? "\(summary.epochs) epochs")"
      + " · \(NumberText.grouped(summary.parameters.trainable)) trainable parameters"
      + " · \(NumberText.duration(seconds))\n"
  }

  /// A note on what was fitted to the validation examples that are scored.
  private static func fitted(_ summary: RunSummary) -> [String] {
    (summary.scored?["validation"]?.fitted).map {
      [
        "validation: \($0) were fitted to these examples; scores that depend on them are optimistic"
      ]
    } ?? []
  }

  /// Why training ended before its last epoch; empty if it did not.
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

  /// Metrics that are undefined, overall or in some of the trainings, with the reasons.
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

  /// Classes without examples, which the averages leave out.
  private static func absentClasses(_ summary: RunSummary, _ names: [String]) -> String {
    ["validation", "test"].compactMap { split in
      note(summary.withoutExamples?[split] ?? [], named: names, of: split).map {
        "  \(WrappedText.wrap($0, indent: 2))\n"
      }
    }.joined()
  }

  /// A note that names the classes of which a split has no examples; `nil` if there are none.
  ///
  /// - Parameter names: of all classes; those beyond are called by their numbers.
  package static func note(_ classes: [Int], named names: [String], of split: String) -> String? {
    if classes.isEmpty { return nil }
    let texts = classes.map { names.indices.contains($0) ? TerminalText.line(names[$0]) : "\($0)" }
    let more = texts.count > 12 ? ["\(texts.count - 12) more"] : []
    return "the \(split) set has no examples of \(texts.count == 1 ? "class" : "classes") "
      + Insight.joined(texts.prefix(12) + more)
  }

  /// A table of the metrics of one set of examples, with intervals where available.
  package static func render(
    _ values: [String: Double], intervals: [String: Interval], primary: String
  ) -> String {
    var table = TextTable([.left, .right, .left])
    let method = intervals.values.max { ($0.method.resamples ?? 0) < ($1.method.resamples ?? 0) }?
      .method
    table.add(["", "", method.map { "\($0.confidenceText) interval" } ?? ""])
    for key in keys(Set(values.keys), primary) {
      table.add([label(key), cell(key, values[key]), intervals[key]?.text ?? ""])
    }
    return table.render() + notes(method.map { ["interval: \($0.basisText)"] } ?? [])
  }

  /// The mean and standard deviation over the folds, and the scores of their ensemble.
  private static func ofFolds(
    _ summary: RunSummary, _ folds: [RunSummary.Part], seconds: Double
  ) -> String {
    var table = TextTable([.left, .right, .left, .right, .right])
    let method = summary.intervalMethods?["validation"]
    // Summaries of earlier versions do not say it.
    let isEnsemble = summary.scored?["test"].map { $0.by == .ensemble } ?? true
    table.add([
      "", "mean ± sd", method.map { "\($0.confidenceText) interval" } ?? "", "pooled",
      isEnsemble ? "ensemble test" : "test",
    ])
    for key in keys(summary) {
      table.add([
        label(key), spread(key, summary.validation[key], summary.validationSD?[key]),
        summary.interval("validation", key)?.text ?? "", cell(key, summary.pooled?[key]),
        cell(key, summary.test[key]),
      ])
    }
    func examples(_ split: String) -> String {
      summary.scored?[split].map { " of \(NumberText.grouped($0.examples)) examples" } ?? ""
    }
    var lines = ["mean: each model on the fold that it has not seen"]
    if let method {
      lines.append("interval: of that mean, \(method.basisText)")
    }
    lines.append("pooled: all out-of-fold predictions\(examples("validation"))")
    var ensemble =
      isEnsemble
      ? "ensemble test: averaged predictions of \(folds.count) models"
      : "test: the mean of the scores of \(folds.count) models"
    if let examples = summary.scored?["test"]?.examples {
      ensemble += " on \(NumberText.grouped(examples)) examples"
    }
    lines.append(ensemble)
    let primary = summary.primary ?? TaskRegistry.recordedPrimary
    if let score = summary.singleModelTest?[primary] {
      lines.append(
        "test \(label(primary)) of one model: "
          + spread(primary, score, summary.singleModelTestSD?[primary])
          + ", the mean over the \(folds.count)")
    }
    return table.render() + notes(lines + partialMeans(summary, "fold"))
      + end("\(folds.count) folds", summary, seconds)
  }

  /// The mean and standard deviation over the seeds.
  private static func ofSeeds(
    _ summary: RunSummary, _ seeds: [RunSummary.Part], seconds: Double
  ) -> String {
    var table = TextTable([.left, .right, .right, .left])
    let method = summary.intervalMethods?["test"]
    table.add([
      "mean ± sd", "validation", "test",
      method.map { "\($0.confidenceText) interval of test" } ?? "",
    ])
    for key in keys(summary) {
      table.add([
        label(key), spread(key, summary.validation[key], summary.validationSD?[key]),
        spread(key, summary.test[key], summary.testSD?[key]),
        summary.interval("test", key)?.text ?? "",
      ])
    }
    var lines: [String] = []
    if let examples = summary.scored?["test"]?.examples {
      lines.append("test: each model on the same \(NumberText.grouped(examples)) examples")
    }
    if let method {
      lines.append("interval: of the mean, \(method.basisText)")
    }
    let ends = [seeds.first, seeds.last].compactMap { $0?.seed.map(String.init) }
    return table.render() + notes(lines + fitted(summary) + partialMeans(summary, "seed"))
      + end("\(seeds.count) seeds, \(ends.joined(separator: " to "))", summary, seconds)
  }

  /// Notes on means that do not cover all parts.
  private static func partialMeans(_ summary: RunSummary, _ word: String) -> [String] {
    let all = (summary.folds ?? summary.seeds ?? []).count
    return (summary.meansOver ?? [:]).sorted { $0.key > $1.key }.flatMap { split, metrics in
      metrics.sorted { $0.key < $1.key }.map { key, count in
        "\(split) \(label(key)): mean over the \(count) of \(all) \(word)s in which it is defined"
      }
    }
  }

  private static func spread(_ key: String, _ mean: Double?, _ deviation: Double?) -> String {
    cell(key, mean) + (deviation.map { " ± " + NumberText.fixed($0, 4) } ?? "")
  }

  private static func notes(_ lines: [String]) -> String {
    lines.isEmpty ? "" : "\n" + lines.map { "  \($0)\n" }.joined()
  }

  private static func end(_ parts: String, _ summary: RunSummary, _ seconds: Double) -> String {
    "\n  \(parts) · \(NumberText.grouped(summary.parameters.trainable)) trainable parameters"
      + " · \(NumberText.duration(seconds))\n"
  }

  /// The common keys in their usual order, then the others by name. Of the averages over classes
  /// only the macro average is shown; the others are in `summary.json`.
  private static func keys(_ summary: RunSummary) -> [String] {
    keys(Set(summary.validation.keys).union(summary.test.keys), summary.primary)
  }

  private static func keys(_ all: Set<String>, _ primary: String?) -> [String] {
    let primary = primary ?? TaskRegistry.recordedPrimary
    let first = ["loss", primary, "precision_macro", "recall_macro", "f1_macro"]
    let all = all.filter { !$0.hasSuffix("_micro") && !$0.hasSuffix("_weighted") }
    return first.filter(all.contains) + all.subtracting(first).sorted()
  }

  private static func label(_ key: String) -> String {
    key.hasSuffix("_macro")
      ? TaskRegistry.label(String(key.dropLast("_macro".count))) + " (macro)"
      : TaskRegistry.label(key)
  }

  private static func cell(_ key: String, _ value: Double?) -> String {
    value.map { NumberText.fixed($0, 4) } ?? "–"
  }
}
