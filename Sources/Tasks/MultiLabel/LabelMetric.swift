import ExperimentConfig
import Tasks

/// A metric of label sets.
protocol LabelMetric: Metric {
  func values(_ sample: LabelSample) -> [MetricValue]
  /// The score of each label; `nil` if the metric has no per-label scores.
  func perLabel(_ sample: LabelSample) -> [Double?]?
}

extension LabelMetric {
  func perLabel(_ sample: LabelSample) -> [Double?]? { nil }

  package func values(of sample: any ScoredSample) -> [MetricValue] {
    values(LabelSample.of(sample))
  }

  package func parts(of sample: any ScoredSample) -> [Double?]? {
    perLabel(LabelSample.of(sample))
  }
}

/// A score of hard predictions and its averages, as in scikit-learn for a multilabel indicator
/// matrix with `zero_division=0`: macro over all labels, micro over all entries, samples over all
/// examples, and weighted by the number of examples with each label.
protocol AveragedLabelMetric: LabelMetric {
  static func score(_ counts: LabelCounts) -> Double
}

extension AveragedLabelMetric {
  func values(_ sample: LabelSample) -> [MetricValue] {
    let name = Self.schema.name
    let keys = ["macro", "micro", "samples", "weighted"].map { "\(name)_\($0)" }
    guard sample.count > 0 else {
      return keys.map { MetricValue($0, .undefined(Undefined.empty)) }
    }
    let counts = sample.counts
    let scores = counts.map(Self.score)
    let support = counts.reduce(0) { $0 + $1.support }
    let rows = sample.rowCounts
    let weighted =
      support == 0
      ? NumpySum.sum(scores) / Double(scores.count)
      : NumpySum.sum(zip(scores, counts).map { $0 * Double($1.support) }) / Double(support)
    let values = [
      NumpySum.sum(scores) / Double(scores.count),
      Self.score(counts.reduce(LabelCounts(), +)),
      sample.mean { Self.score(rows[$0]) },
      weighted,
    ]
    return zip(keys, values).map { MetricValue($0, .defined($1)) }
  }

  func perLabel(_ sample: LabelSample) -> [Double?]? {
    sample.count == 0 ? nil : sample.counts.map(Self.score)
  }
}

/// Reasons why a metric has no value.
enum Undefined {
  static let empty = "there are no examples"
  static let notFinite = "an output is not a finite number"
}
