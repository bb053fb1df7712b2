import ExperimentConfig
import Tasks

/// A metric of predicted numbers: one value per target, and their mean.
protocol RegressionMetric: Metric {
  /// The minimum number of examples for which the metric is defined.
  static var fewest: Int { get }
  func value(_ column: Int, _ sample: RegressionSample) -> Double
}

extension RegressionMetric {
  static var fewest: Int { 1 }

  /// The mean over the targets, as scikit-learn's `uniform_average`, followed by the value of each
  /// target if there are several.
  package func values(of sample: any ScoredSample) -> [MetricValue] {
    let name = Self.schema.name
    let sample = RegressionSample.of(sample)
    let names = sample.names
    let keys = [name] + (names.count > 1 ? names.map { "\(name)_\($0)" } : [])
    guard sample.count >= Self.fewest, sample.isFinite else {
      let reason =
        sample.count == 0
        ? "there are no examples"
        : sample.isFinite ? "there is a single example" : "an output is not a finite number"
      return keys.map { MetricValue($0, .undefined(reason)) }
    }
    let values = names.indices.map { value($0, sample) }
    let mean = NumpySum.sum(values) / Double(values.count)
    return zip(keys, [mean] + (names.count > 1 ? values : [])).map {
      MetricValue($0, .defined($1))
    }
  }

  package func parts(of sample: any ScoredSample) -> [Double?]? {
    guard let sample = sample as? RegressionSample, sample.count >= Self.fewest, sample.isFinite
    else { return nil }
    return sample.names.indices.map { value($0, sample) }
  }
}
