import Tasks

/// A metric of predicted classes.
protocol ClassMetric: Metric {
  func values(_ sample: ClassSample) -> [MetricValue]
  /// The score of each class, `nil` for a class without one; `nil` if the metric has no per-class
  /// scores.
  func perClass(_ sample: ClassSample) -> [Double?]?
}

extension ClassMetric {
  func perClass(_ sample: ClassSample) -> [Double?]? { nil }

  package func values(of sample: any ScoredSample) -> [MetricValue] {
    values(ClassSample.of(sample))
  }

  package func parts(of sample: any ScoredSample) -> [Double?]? {
    perClass(ClassSample.of(sample))
  }
}
