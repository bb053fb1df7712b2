import ExperimentConfig
import Tasks

/// A measure of predicted masks.
protocol PixelMetric: Metric {
  /// `nil` if it is undefined.
  static func value(_ counts: PixelCounts) -> Double?
  /// The score of each class; `nil` if the metric has no such scores.
  static func perClass(_ counts: PixelCounts) -> [Double?]?
}

extension PixelMetric {
  package static var unit: MetricUnit { .share }
  package static var higherIsBetter: Bool? { true }

  static func perClass(_ counts: PixelCounts) -> [Double?]? { nil }

  package func values(of sample: any ScoredSample) -> [MetricValue] {
    let counts = PixelSample.of(sample).counts
    return [
      MetricValue(
        Self.schema.name, Self.value(counts), else: "there are no pixels that have a class")
    ]
  }

  package func parts(of sample: any ScoredSample) -> [Double?]? {
    Self.perClass(PixelSample.of(sample).counts)
  }
}
