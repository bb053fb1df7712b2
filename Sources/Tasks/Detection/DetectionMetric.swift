import DetectionScores
import ExperimentConfig
import Tasks

/// A measure of detections.
protocol DetectionMetric: Metric {
  /// The scores of each class; `nil` for one without boxes to be found.
  static func perClass(_ sample: DetectionSample) -> [Double?]
  static func value(_ sample: DetectionSample) -> Double?
  /// Why there is no value.
  static var undefinedReason: String { get }
}

extension DetectionMetric {
  package static var unit: MetricUnit { .share }
  package static var higherIsBetter: Bool? { true }
  static var undefinedReason: String { "no box has to be found" }

  package func values(of sample: any ScoredSample) -> [MetricValue] {
    [
      MetricValue(
        Self.schema.name, Self.value(DetectionSample.of(sample)), else: Self.undefinedReason)
    ]
  }

  package func parts(of sample: any ScoredSample) -> [Double?]? {
    Self.perClass(DetectionSample.of(sample))
  }
}

/// One of COCO's twelve numbers.
protocol CocoMetric: DetectionMetric {
  static var number: CocoNumbers.Number { get }
}

extension CocoMetric {
  static func perClass(_ sample: DetectionSample) -> [Double?] {
    sample.numbers.categories(number)
  }

  static func value(_ sample: DetectionSample) -> Double? { sample.numbers[number] }
}

/// An average of interpolated precisions. Precision is interpolated by maxima, which the repetitions in a resample
/// raise.
protocol CocoPrecision: CocoMetric {}

extension CocoPrecision {
  package static var isCentred: Bool { true }
}
