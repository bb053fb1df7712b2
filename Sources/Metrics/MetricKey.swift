import ExperimentConfig

/// A number that every evaluation has, and which way it gets better.
package struct MetricKey: Sendable, Equatable {
  /// As in `summary.json`, such as `f1_macro`.
  package let key: String
  /// The metric that it belongs to, such as `f1`.
  package let metric: String
  package let higherIsBetter: Bool

  package init(key: String, metric: String, higherIsBetter: Bool) {
    self.key = key
    self.metric = metric
    self.higherIsBetter = higherIsBetter
  }
}

extension MetricSet {
  /// The keys that an evaluation of so many classes has, `loss` and `accuracy` first.
  package func keys(classes: Int) -> [MetricKey] {
    // Two right answers a class define every metric, and more than three classes have no other keys.
    let classes = min(classes, 3)
    let labels = Array(0..<classes) + Array(0..<classes)
    let sample = PooledPredictions(
      labels: labels, predictions: labels,
      probabilities: labels.flatMap { label in
        (0..<classes).map { $0 == label ? Float(1) : 0 }
      }, classes: classes)
    var found = [
      MetricKey(key: "loss", metric: "loss", higherIsBetter: false),
      MetricKey(key: "accuracy", metric: "accuracy", higherIsBetter: true),
    ]
    for metric in metrics {
      guard let higherIsBetter = type(of: metric).higherIsBetter else { continue }
      for value in MetricSet([metric]).values(sample)
      where !found.contains(where: { $0.key == value.key }) {
        found.append(
          MetricKey(
            key: value.key, metric: type(of: metric).schema.name, higherIsBetter: higherIsBetter))
      }
    }
    return found
  }

  /// The key that a person means: a key itself, a metric's name for its headline value (`f1` for
  /// `f1_macro`), either with `val_` or `validation.` in front.
  ///
  /// - Returns: `nil` if there is no such key.
  package func key(named text: String, classes: Int) -> MetricKey? {
    let prefix = ["val_", "validation_", "validation."].first(where: text.hasPrefix)
    let name = String(text.dropFirst(prefix?.count ?? 0))
    let known = keys(classes: classes)
    return known.first { $0.key == name } ?? known.first { $0.key == name + "_macro" }
      ?? known.first { $0.metric == name }
  }
}
