import Diagnostics
import ExperimentConfig

/// A number that every evaluation reports, and its description.
package struct MetricKey: Sendable, Equatable {
  /// The `summary.json` key, such as `f1_macro`.
  package let key: String
  /// The metric it belongs to, such as `f1`.
  package let metric: String
  package let facts: MetricFacts

  package var higherIsBetter: Bool { facts.higherIsBetter }

  package init(key: String, metric: String, facts: MetricFacts) {
    self.key = key
    self.metric = metric
    self.facts = facts
  }
}

extension MetricSet {
  /// The keys that an evaluation reports, `loss` and the task's primary metric first.
  package var keys: [MetricKey] {
    // Correct answers define every metric.
    let sample = task.sample(task.rightAnswers)
    var found = [MetricKey(key: "loss", metric: "loss", facts: .loss)]
    for metric in [task.primaryMetric] + metrics {
      guard let facts = metric.facts else { continue }
      for value in metric.values(of: sample) where !found.contains(where: { $0.key == value.key }) {
        found.append(
          MetricKey(
            key: value.key, metric: type(of: metric).schema.name, facts: task.named(facts)))
      }
    }
    return found
  }

  /// The facts of each score of an evaluation, by key.
  package var facts: [String: MetricFacts] {
    Dictionary(keys.map { ($0.key, $0.facts) }) { first, _ in first }
  }

  /// Looks up the key that a user means: a key itself or a metric's name for its headline value
  /// (`f1` for `f1_macro`), optionally prefixed with `val_`, `validation_` or `validation.`.
  ///
  /// - Returns: `nil` if there is no such key.
  package func key(named text: String) -> MetricKey? {
    let prefix = ["val_", "validation_", "validation."].first(where: text.hasPrefix)
    let name = String(text.dropFirst(prefix?.count ?? 0))
    let known = keys
    return known.first { $0.key == name } ?? known.first { $0.key == name + "_macro" }
      ?? known.first { $0.metric == name }
  }

  /// `did you mean 'x'?` for an unknown name; `nil` if no key is similar.
  package func hint(for name: String) -> String? {
    let known = keys
    let aliases = known.map { key in (key.key, task.metric(key.metric)?.schema.aliases ?? []) }
    return Suggestion.hint(
      for: name, among: known.map(\.key), aliases: Dictionary(aliases) { first, _ in first })
  }
}
