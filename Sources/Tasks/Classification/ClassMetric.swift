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

extension ClassSample {
  /// - Precondition: `sample` is a ``ClassSample``.
  fileprivate static func of(_ sample: any ScoredSample) -> ClassSample {
    guard let sample = sample as? ClassSample else {
      preconditionFailure("a metric of classes was given another task's sample")
    }
    return sample
  }
}
