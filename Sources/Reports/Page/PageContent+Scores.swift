import ExperimentConfig
import RunRecord
import Statistics
import TaskRegistry
import Tasks

extension PageContent {
  static func cards(_ evidence: RunEvidence) -> [Card] {
    var cards: [Card] = []
    let word = evidence.partWord
    let primary = evidence.primary
    func score(_ key: String, _ value: Double) -> String { Self.score(evidence, key, value) }
    let headlines = type(of: evidence.task).headlines
    for (key, label) in [(primary, Self.label(primary))] + headlines + [("loss", "loss")] {
      for split in ["test", "validation"] {
        guard let value = evidence.summary[split]?[key]?.number else { continue }
        var detail = interval(evidence, split, key)
        if let basis = evidence.basis(of: split), basis.by == .ensemble {
          detail = basis.modelsText + (detail.isEmpty ? "" : ", \(detail)")
        }
        if let sd = evidence.summary["\(split)_sd"]?[key]?.number {
          detail = "± \(score(key, sd)) over \(word)s" + (detail.isEmpty ? "" : ", \(detail)")
        }
        cards.append(
          Card(
            label: split.prefix(1).uppercased() + split.dropFirst() + " " + label,
            value: score(key, value), detail: detail))
      }
    }
    if !evidence.parts.isEmpty {
      let epochs = evidence.summary["epochs"]?.integer ?? 0
      let label = word == "fold" ? "Folds" : "Seeds"
      cards.append(
        Card(
          label: label, value: "\(evidence.parts.count)",
          detail: evidence.bestEpochText.map { "weights of epoch \($0)" } ?? "of \(epochs) epochs"))
    } else if let best = evidence.bestEpoch, let epochs = evidence.summary["epochs"]?.integer {
      cards.append(Card(label: "Best epoch", value: "\(best)", detail: "of \(epochs)"))
    } else if let last = evidence.epochs.last {
      cards.append(
        Card(label: "Epochs so far", value: NumberText.grouped(last.epoch), detail: ""))
      for (key, label) in [(primary, Self.label(primary)), ("loss", "loss")] {
        guard let value = last.values["val_\(key)"] else { continue }
        cards.append(
          Card(
            label: "Validation \(label)", value: score(key, value),
            detail: "after epoch \(last.epoch)"))
      }
    }
    if let count = evidence.summary["parameters"]?["trainable"]?.integer {
      let total = evidence.summary["parameters"]?["total"]?.integer ?? count
      cards.append(
        Card(
          label: "Parameters", value: NumberText.grouped(count),
          detail: total == count ? "trainable" : "trainable of \(NumberText.grouped(total))"))
    }
    return cards
  }

  /// All scores of `summary.json`, the loss and the primary score first.
  static func scores(_ evidence: RunEvidence) -> [ScoreTable] {
    let validation = evidence.summary["validation"]?.object ?? [:]
    let test = evidence.summary["test"]?.object ?? [:]
    func score(_ key: String, _ value: Double) -> String { Self.score(evidence, key, value) }
    let rows = evidence.scoreKeys.compactMap { key -> ScoreRow? in
      let values = [validation[key]?.number, test[key]?.number]
      guard values.contains(where: { $0 != nil }) else { return nil }
      let texts = values.map { $0.map { score(key, $0) } ?? "–" }
      return ScoreRow(
        label: label(key), validation: texts[0],
        validationInterval: interval(evidence, "validation", key), test: texts[1],
        testInterval: interval(evidence, "test", key))
    }
    return rows.isEmpty ? [] : [ScoreTable(rows: rows, notes: notes(evidence))]
  }

  /// Which examples and models the scores come from, and how their intervals were computed.
  static func notes(_ evidence: RunEvidence) -> [String] {
    var notes = ["validation", "test"].compactMap { split in
      evidence.basis(of: split).map { "\(split): \($0.description)" }
    }
    notes += evidence.intervalNotes()
    if evidence.basis(of: "test")?.by == .ensemble,
      let single = evidence.singleModelScore("test", evidence.primary)
    {
      notes.append(
        "Individually, the models of the ensemble have a mean test \(label(evidence.primary)) of "
          + "\(score(evidence, evidence.primary, single)); compare this with the test score of a "
          + "single model."
      )
    }
    return notes.map { $0.prefix(1).uppercased() + $0.dropFirst() + ($0.hasSuffix(".") ? "" : ".") }
  }

  /// One row per fold or seed, if there are any.
  static func parts(_ evidence: RunEvidence) -> [Grid] {
    let folds = (evidence.summary["folds"] ?? .null).list
    let seeds = (evidence.summary["seeds"] ?? .null).list
    return grid(evidence, folds, "fold", title: "Folds")
      + grid(evidence, seeds, "seed", title: "Seeds")
  }

  /// The scores on the sample of training examples, in evaluation mode.
  static func trainSample(_ evidence: RunEvidence) -> [Grid] {
    let scores = evidence.summary["train_sample"]?.object ?? [:]
    let first = ["loss", evidence.primary].filter { scores[$0] != nil }
    let rows = (first + Set(scores.keys).subtracting(first).sorted()).compactMap { key in
      scores[key]?.number.map { GridRow(cells: [label(key), score(evidence, key, $0)]) }
    }
    if rows.isEmpty { return [] }
    return [
      Grid(
        title: "Training examples", heading: ["Score", FitEvidence(evidence).sampleText], rows: rows
      )
    ]
  }

  private static func grid(
    _ evidence: RunEvidence, _ parts: [JSONValue], _ word: String, title: String
  ) -> [Grid] {
    let scores = parts.map { $0["validation"]?.object ?? $0.object }
    let headlines = type(of: evidence.task).headlines.map(\.key)
    let keys = ([evidence.primary] + headlines + ["loss"]).filter { key in
      scores.contains { $0[key]?.number != nil }
    }
    if keys.isEmpty { return [] }
    let rows = scores.enumerated().map { index, values in
      let number = parts[index][word]?.text ?? String(index + 1)
      return GridRow(
        cells: [number]
          + keys.map { key in values[key]?.number.map { score(evidence, key, $0) } ?? "–" })
    }
    let heading = ["Validation of"] + keys.map(label)
    return [Grid(title: title, heading: heading, rows: rows)]
  }

  /// Formats shares as percentages and other scores as plain numbers.
  static func score(_ evidence: RunEvidence, _ key: String, _ value: Double) -> String {
    guard value.isFinite else { return NumberText.fixed(value, 0) }
    let isShare = evidence.facts(of: key)?.unit == .share
    return isShare ? NumberText.percent(value, 2) : NumberText.fixed(value, 4)
  }

  /// The ends of a score's interval; empty if it has none. A note below the scores names the
  /// method.
  static func interval(_ evidence: RunEvidence, _ split: String, _ key: String) -> String {
    guard let found = evidence.interval(split, key) else { return "" }
    return
      "\(found.method.confidenceText) \(found.method.name.rawValue) interval: \(score(evidence, key, found.lower)) to "
      + score(evidence, key, found.upper)
  }

  /// Formats `f1_macro` as `f1 (macro)`.
  static func label(_ key: String) -> String {
    let words = key.split(separator: "_").map(String.init)
    guard words.count > 1, let average = words.last,
      ["macro", "micro", "weighted"].contains(average)
    else { return TaskRegistry.label(key) }
    return TaskRegistry.label(words.dropLast().joined(separator: "_")) + " (\(average))"
  }
}
