import Statistics

/// A metric of single classes, labels or numbers.
package struct PartMetric: Sendable {
  /// What it is called for one of them in text, such as `IoU` where the metric is their mean.
  package var label: String
  package var metric: any Metric

  package init(_ label: String, _ metric: any Metric) {
    self.label = label
    self.metric = metric
  }
}

/// The scores of each class, label or number by one metric, with their intervals.
package struct ScoredParts: Sendable, Equatable {
  /// See ``PartMetric/label``.
  package var label: String
  package var facts: MetricFacts
  /// In the order of the classes, labels or numbers; `nil` for one without a score.
  package var values: [Double?]
  /// The 95% bootstrap interval of each score; `nil` where there is none.
  package var intervals: [Interval?]
}

extension Task {
  package var partMetrics: [PartMetric] { [] }

  package var partNames: [String] { [] }

  package func calibration(_ predictions: Predictions, split: String) -> [ReportBlock] { [] }

  /// The scores of each class, label or number by ``partMetrics``.
  ///
  /// An interval is left out if the score is the same in all resamples or undefined in half of them, if it does not
  /// contain the score, or if an example has several predictions, which are not independent of each other.
  package func scoredParts(
    _ predictions: Predictions, resamples: Int = Bootstrap.standardResamples
  ) -> [ScoredParts] {
    let sample = sample(predictions)
    let metrics: [(label: String, metric: any Metric, values: [Double?])] = partMetrics.compactMap {
      guard let values = $0.metric.parts(of: sample), values.count == partNames.count else {
        return nil
      }
      return ($0.label, $0.metric, values)
    }
    var drawn = metrics.map { [[Double]](repeating: [], count: $0.values.count) }
    if !metrics.isEmpty, Set(predictions.indices).count == predictions.count {
      Bootstrap.forEachResample(of: sample.count, resamples) { times in
        sample.repeated(times)
        for (place, metric) in metrics.enumerated() {
          for (part, value) in (metric.metric.parts(of: sample) ?? []).enumerated() {
            if let value, drawn[place].indices.contains(part) { drawn[place][part].append(value) }
          }
        }
      }
    }
    return metrics.enumerated().compactMap { place, item in
      guard let facts = item.metric.facts else { return nil }
      let kind = Swift.type(of: item.metric)
      let intervals = item.values.enumerated().map { part, value -> Interval? in
        guard let value else { return nil }
        let values = drawn[place][part]
        let interval = Interval(
          percentilesOf: kind.isCentred && !values.isEmpty
            ? MetricSet.centred(values, at: value) : values,
          drawn: resamples, method: Bootstrap.method(sample.count), within: kind.unit.range)
        return interval.flatMap { $0.contains(value) ? $0 : nil }
      }
      return ScoredParts(
        label: item.label, facts: named(facts), values: item.values, intervals: intervals)
    }
  }
}
