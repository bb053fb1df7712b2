import Diagnostics
import ExperimentConfig
import Statistics

/// The metrics that an experiment names, with their arguments.
package struct MetricSet: Sendable {
  package let metrics: [any Metric]

  /// - Throws: `ProgramFault` for a metric or an argument that the checker cannot have let through.
  package init(_ components: [ResolvedComponent]) throws {
    metrics = try components.map { component in
      guard let type = MetricRegistry.all.first(where: { $0.schema.name == component.name }) else {
        throw ProgramFault("no metric '\(component.name)'")
      }
      return try type.init(component.arguments)
    }
  }

  package init(_ metrics: [any Metric]) { self.metrics = metrics }

  package func contains(_ name: String) -> Bool {
    metrics.contains { type(of: $0).schema.name == name }
  }

  /// Whether a higher value of `key`, such as `f1_macro`, is better; nothing for a key that none of
  /// the metrics has. `loss` and `accuracy` are always there.
  package func higherIsBetter(_ key: String) -> Bool? {
    if key == "loss" { return false }
    if key == "accuracy" { return true }
    let two = Sample(
      PooledPredictions(
        labels: [0, 1], predictions: [0, 1], probabilities: [1, 0, 0, 1], classes: 2))
    let owner = metrics.first { metric in metric.values(two).contains { $0.key == key } }
    return owner.flatMap { type(of: $0).higherIsBetter }
  }

  /// Every value, in the order of the metrics.
  package func values(_ predictions: PooledPredictions) -> [MetricValue] {
    let sample = Sample(predictions)
    return metrics.flatMap { $0.values(sample) }
  }

  /// The score of each class by the metric's name, where a metric has such scores.
  package func perClass(_ predictions: PooledPredictions) -> [(name: String, scores: [Double?])] {
    let sample = Sample(predictions)
    return metrics.compactMap { metric in
      metric.perClass(sample).map { (type(of: metric).schema.name, $0) }
    }
  }

  /// A bootstrap interval of each metric's headline value, by key. A metric that resampling pushes to one
  /// side, as it does the calibration error of few examples, has none where it would not contain the value.
  package func intervals(
    _ predictions: PooledPredictions, resamples: Int = Bootstrap.standardResamples
  ) -> [String: Interval] {
    let sample = Sample(predictions)
    var found: [String: [Double]] = [:]
    var estimates: [String: Double] = [:]
    let headlines = metrics.filter { metric in
      guard let headline = metric.values(sample).first, let value = headline.value else {
        return false
      }
      estimates[headline.key] = value
      return true
    }
    if headlines.isEmpty { return [:] }
    Bootstrap.forEachResample(of: predictions.count, resamples) { times in
      sample.repeated(times)
      for metric in headlines {
        guard let headline = metric.values(sample).first, let value = headline.value else {
          continue
        }
        found[headline.key, default: []].append(value)
      }
    }
    var intervals: [String: Interval] = [:]
    for (key, values) in found {
      let interval = Interval(
        percentilesOf: values, drawn: resamples, method: Bootstrap.method(predictions.count),
        within: MetricRegistry.range(of: key))
      guard let interval, let estimate = estimates[key], interval.contains(estimate) else {
        continue
      }
      intervals[key] = interval
    }
    return intervals
  }
}
