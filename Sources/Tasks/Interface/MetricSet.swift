import Diagnostics
import ExperimentConfig
import Statistics

/// The metrics configured in an experiment, with their arguments.
package struct MetricSet: Sendable {
  package let task: any Task
  package let metrics: [any Metric]

  /// - Throws: `ProgramFault` for a metric or an argument that the checker should have rejected.
  package init(_ components: [ResolvedComponent], task: any Task) throws {
    self.task = task
    metrics = try components.map { component in
      guard let type = task.metric(component.name) else {
        throw ProgramFault("no metric '\(component.name)'")
      }
      return try type.init(component.arguments)
    }
  }

  package init(_ metrics: [any Metric], task: any Task) {
    self.metrics = metrics
    self.task = task
  }

  /// The same metrics of the task whose predictions record what they need.
  package func recorded() -> MetricSet {
    MetricSet(metrics, task: task.recording(for: metrics))
  }

  package func contains(_ name: String) -> Bool {
    metrics.contains { type(of: $0).schema.name == name }
  }

  /// All values, in the order of the metrics.
  package func values(_ predictions: Predictions) -> [MetricValue] {
    values(of: task.sample(predictions))
  }

  package func values(of sample: any ScoredSample) -> [MetricValue] {
    metrics.flatMap { $0.values(of: sample) }
  }

  /// All values, plus that of the task's primary metric, which is always computed.
  package func scores(_ predictions: Predictions) -> [MetricValue] {
    let sample = task.sample(predictions)
    let values = values(of: sample)
    let primary = task.primaryMetric.values(of: sample).prefix(1)
    return values + primary.filter { first in !values.contains { $0.key == first.key } }
  }

  /// The scores per class, label or number, by metric name, for the metrics that have them.
  package func parts(_ predictions: Predictions) -> [(name: String, scores: [Double?])] {
    let sample = task.sample(predictions)
    return metrics.compactMap { metric in
      metric.parts(of: sample).map { (type(of: metric).schema.name, $0) }
    }
  }

  /// A bootstrap interval for each metric's headline value, by key. Resampling biases some metrics,
  /// such as the calibration error of few examples; an interval that does not contain its estimate
  /// is left out.
  package func intervals(
    _ predictions: Predictions, resamples: Int = Bootstrap.standardResamples
  ) -> [String: Interval] {
    intervals(of: task.sample(predictions), resamples: resamples)
  }

  package func intervals(
    of sample: any ScoredSample, resamples: Int = Bootstrap.standardResamples
  ) -> [String: Interval] {
    var found: [String: [Double]] = [:]
    var estimates: [String: Double] = [:]
    var ranges: [String: ClosedRange<Double>] = [:]
    var centred: Set<String> = []
    let count = sample.count
    let headlines = metrics.filter { metric in
      guard let headline = metric.values(of: sample).first, let value = headline.value else {
        return false
      }
      estimates[headline.key] = value
      ranges[headline.key] = type(of: metric).unit.range
      if type(of: metric).isCentred { centred.insert(headline.key) }
      return true
    }
    if headlines.isEmpty { return [:] }
    Bootstrap.forEachResample(of: count, resamples) { times in
      sample.repeated(times)
      for metric in headlines {
        guard let headline = metric.values(of: sample).first, let value = headline.value else {
          continue
        }
        found[headline.key, default: []].append(value)
      }
    }
    var intervals: [String: Interval] = [:]
    for (key, resampled) in found {
      let values =
        centred.contains(key)
        ? Self.centred(resampled, at: estimates[key] ?? 0) : resampled
      let interval = Interval(
        percentilesOf: values, drawn: resamples, method: Bootstrap.method(count),
        within: ranges[key])
      guard let interval, let estimate = estimates[key], interval.contains(estimate) else {
        continue
      }
      intervals[key] = interval
    }
    return intervals
  }

  /// Values shifted until their mean is `estimate`.
  static func centred(_ values: [Double], at estimate: Double) -> [Double] {
    let shift = estimate - values.reduce(0, +) / Double(values.count)
    return values.map { $0 + shift }
  }
}
