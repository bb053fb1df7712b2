import ExperimentConfig
import RunRecord
import Statistics
import TaskRegistry
import Tasks

extension RunEvidence {
  /// The entries of `summary.json` for each fold or seed; empty for a single training.
  package var parts: [JSONValue] {
    let folds = (summary["folds"] ?? .null).list
    return folds.isEmpty ? (summary["seeds"] ?? .null).list : folds
  }

  /// What the parts are called: `fold` or `seed`.
  package var partWord: String {
    let hasSeeds = !(summary["seeds"] ?? .null).list.isEmpty
    return hasSeeds ? "seed" : "fold"
  }

  /// The examples and models that the scores of a split come from. Summaries of earlier versions do
  /// not record them, so they are inferred.
  package func basis(of split: String) -> ScoreBasis? {
    if let recorded = summary["scored"]?[split], let examples = recorded["examples"]?.integer,
      let models = recorded["models"]?.integer,
      let by = recorded["by"]?.text.flatMap(ScoreBasis.Models.init)
    {
      return ScoreBasis(examples: examples, models: models, by: by)
    }
    let counted = predictions[split].map { Set($0.indices).count }
    guard let examples = counted ?? summary["examples"]?[split]?.integer, examples > 0 else {
      return nil
    }
    if parts.isEmpty { return ScoreBasis(examples: examples) }
    let isEnsemble = partWord == "fold" && split == "test"
    return ScoreBasis(
      examples: examples, models: parts.count, by: isEnsemble ? .ensemble : .mean)
  }

  /// The confidence interval of a score of `summary.json`.
  ///
  /// Earlier versions wrote t intervals over folds and seeds as if these were independent. Such
  /// intervals are recomputed from the scores of the parts.
  package func interval(_ split: String, _ key: String) -> Interval? {
    let range = facts(of: key).flatMap { facts -> ClosedRange<Double>? in
      // Some losses are negative.
      let estimate = summary[split]?[key]?.number
      return estimate.map(facts.range.contains) == false ? nil : facts.range
    }
    let ends = (summary["intervals"]?[split]?[key] ?? .null).list.compactMap(\.number)
    if ends.count == 2, let method = method(of: split) {
      return Interval(lower: ends[0], upper: ends[1], method: method, within: range)
    }
    let isEnsemble = split == "test" && partWord == "fold"
    if !parts.isEmpty, !isEnsemble { return intervalOverParts(split, key) }
    guard ends.count == 2, let count = basis(of: split)?.examples else { return nil }
    return Interval(
      lower: ends[0], upper: ends[1], method: Bootstrap.method(count), within: range)
  }

  /// Facts about a score; `nil` if the run does not record them and no metric of its task has that
  /// key.
  package func facts(of key: String) -> MetricFacts? {
    if let recorded = summary["metrics"]?[key], let unit = recorded["unit"]?.text,
      let higherIsBetter = recorded["higher_is_better"]?.boolean
    {
      return MetricFacts(unit: MetricUnit(text: unit), higherIsBetter: higherIsBetter)
    }
    return TaskRegistry.facts(ofRecorded: key, task: summary["task"]?.text)
  }

  /// The key of the score by which runs are ranked and compared.
  package var primary: String { summary["primary"]?.text ?? TaskRegistry.recordedPrimary }

  private func method(of split: String) -> IntervalMethod? {
    guard let recorded = summary["interval_methods"]?[split],
      let name = recorded["method"]?.text.flatMap(IntervalMethod.Name.init),
      let unit = recorded["over"]?.text.flatMap(IntervalMethod.Unit.init),
      let count = recorded["count"]?.integer, let confidence = recorded["confidence"]?.number,
      confidence > 0, confidence < 1
    else { return nil }
    return IntervalMethod(
      name, over: count, unit, confidence: confidence, resamples: recorded["resamples"]?.integer)
  }

  private func intervalOverParts(_ split: String, _ key: String) -> Interval? {
    let scores = parts.compactMap { $0[split]?[key]?.number }
    let trained = parts.compactMap { $0["train_examples"]?.integer }.reduce(0, +)
    let tested = summary["examples"]?["test"]?.integer ?? basis(of: "test")?.examples ?? 0
    let held =
      split == "test"
      ? tested * parts.count
      : parts.compactMap { $0["validation_examples"]?.integer }.reduce(0, +)
    guard scores.count == parts.count, trained > 0 else { return nil }
    let range = facts(of: key)?.range
    return CorrectedResampledT.interval(
      ofMean: scores, testShare: Double(held) / Double(trained),
      over: partWord == "seed" ? .seeds : .folds, within: range)
  }

  /// How the intervals of each split were computed, as notes to print below them.
  package func intervalNotes(_ splits: [String] = ["validation", "test"]) -> [String] {
    splits.compactMap { split in
      let keys = (summary[split]?.object ?? [:]).keys.sorted()
      guard let interval = keys.lazy.compactMap({ self.interval(split, $0) }).first else {
        return nil
      }
      return "\(split): \(interval.method.description)"
    }
  }

  /// The score of a single model on a split. Where the score is that of an ensemble of folds, the
  /// mean over its models.
  package func singleModelScore(_ split: String, _ key: String) -> Double? {
    guard basis(of: split)?.by == .ensemble else { return summary[split]?[key]?.number }
    if let recorded = summary["single_model_\(split)"]?[key]?.number { return recorded }
    let scores = parts.compactMap { $0[split]?[key]?.number }
    return scores.count == parts.count ? SampleSummary(scores)?.mean : nil
  }

  /// The best epoch of each part; `nil` unless all parts record it.
  package var bestEpochsOfParts: [Int]? {
    let epochs = parts.compactMap { $0["best_epoch"]?.integer }.filter { $0 > 0 }
    return epochs.isEmpty || epochs.count < parts.count ? nil : epochs
  }

  /// For example `7 of 10`, `10 of 10 in each of 5 folds` or `3, 7 and 5 of 10, by fold`; `nil` if
  /// the run does not record it.
  package var bestEpochText: String? {
    let epochs = summary["epochs"]?.text ?? "?"
    if parts.isEmpty { return bestEpoch.map { "\($0) of \(epochs)" } }
    guard let best = bestEpochsOfParts, let low = best.min(), let high = best.max() else {
      return nil
    }
    let words = "\(partWord)s"
    if low == high { return "\(low) of \(epochs) in each of \(parts.count) \(words)" }
    if best.count > 8 { return "\(low) to \(high) of \(epochs), over \(parts.count) \(words)" }
    let list = best.dropLast().map(String.init).joined(separator: ", ")
    return "\(list) and \(best[best.count - 1]) of \(epochs), by \(partWord)"
  }
}
