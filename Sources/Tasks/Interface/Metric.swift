import ExperimentConfig

/// A measure of a model's answers, pooled over all examples, so no result depends on batching.
///
/// A metric declares its name, arguments, documentation, unit, direction and formula once. It
/// belongs to one task and is computed from that task's sample.
package protocol Metric: Sendable {
  static var schema: ComponentSchema { get }
  /// What the metric is called in text, such as `mean IoU`; the words of its name unless declared otherwise.
  static var label: String { get }
  static var unit: MetricUnit { get }
  /// `nil` for a metric that only writes a file.
  static var higherIsBetter: Bool? { get }

  /// Whether resampled values lie systematically above or below the value itself and are shifted to their interval
  /// so that their mean is the value.
  static var isCentred: Bool { get }

  init(_ arguments: Arguments) throws

  /// Whether `key` is one of the metric's values although it does not begin with the metric's name.
  static func owns(_ key: String) -> Bool

  /// The values under their `summary.json` keys, headline value first; empty for a metric that only
  /// writes a file.
  func values(of sample: any ScoredSample) -> [MetricValue]
  /// The score of each class, label or number, `nil` for one without; `nil` if the metric has no
  /// such scores.
  func parts(of sample: any ScoredSample) -> [Double?]?
}

extension Metric {
  package static var label: String { schema.name.replacing("_", with: " ") }
  package static var isCentred: Bool { false }

  package static func owns(_ key: String) -> Bool { false }

  package func parts(of sample: any ScoredSample) -> [Double?]? { nil }

  /// `nil` for a metric that only writes a file.
  package var facts: MetricFacts? {
    Self.higherIsBetter.map { MetricFacts(unit: Self.unit, higherIsBetter: $0) }
  }
}

/// The predictions that a task's metrics are computed from: each example once or, in a bootstrap,
/// as often as it was drawn. Intermediate results that several metrics share are computed lazily,
/// once.
///
/// Not thread-safe: use a sample on one thread only, and do not keep it.
package protocol ScoredSample: AnyObject {
  /// The number of examples, including repetitions. A resample has as many as the original.
  var count: Int { get }
  /// Turns this sample into a resample of the same examples.
  func repeated(_ times: [Int32])
}

extension ScoredSample {
  /// A sample as the type that a task's own metrics take.
  ///
  /// - Precondition: it is one. The metrics of a task are only given what its ``Task/sample(_:)`` returns.
  package static func of(_ sample: any ScoredSample) -> Self {
    guard let sample = sample as? Self else {
      preconditionFailure("a metric of \(Self.self) was given another task's sample")
    }
    return sample
  }
}

/// One value of a metric, or why it is undefined. An undefined value is left out, never 0 or NaN.
package struct MetricValue: Sendable, Equatable {
  package let key: String
  package let outcome: Outcome

  package enum Outcome: Sendable, Equatable {
    case defined(Double)
    case undefined(String)
  }

  package init(_ key: String, _ outcome: Outcome) {
    self.key = key
    self.outcome = outcome
  }

  /// Creates a defined value, or an undefined one with the given reason if `value` is `nil`.
  package init(_ key: String, _ value: Double?, else reason: String) {
    self.init(key, value.map(Outcome.defined) ?? .undefined(reason))
  }

  package var value: Double? { if case .defined(let value) = outcome { value } else { nil } }

  /// Why the value is undefined; `nil` if it is defined.
  package var reason: String? { if case .undefined(let reason) = outcome { reason } else { nil } }
}
