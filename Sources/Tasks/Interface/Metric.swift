import ExperimentConfig

/// A measure of a model's answers, pooled over all examples: no result depends on how they were batched.
///
/// A metric is declared once: name, arguments and documentation, unit, direction, formula. It belongs to
/// one task, whose sample it is computed from.
package protocol Metric: Sendable {
  static var schema: ComponentSchema { get }
  static var unit: MetricUnit { get }
  /// `nil` for a metric that is a file of its own.
  static var higherIsBetter: Bool? { get }

  init(_ arguments: Arguments) throws

  /// Whether a key that does not begin with the metric's name is one of its values.
  static func owns(_ key: String) -> Bool

  /// By key of `summary.json`, the headline value first; empty for a metric that is a file of its own.
  func values(of sample: any ScoredSample) -> [MetricValue]
  /// The score of each class, label or number, `nil` for one that has none; `nil` for a metric without.
  func parts(of sample: any ScoredSample) -> [Double?]?
}

extension Metric {
  package static func owns(_ key: String) -> Bool { false }

  package func parts(of sample: any ScoredSample) -> [Double?]? { nil }

  /// `nil` for a metric that is a file of its own.
  package var facts: MetricFacts? {
    Self.higherIsBetter.map { MetricFacts(unit: Self.unit, higherIsBetter: $0) }
  }
}

/// What a task's metrics are computed from: predictions, each example once or, in a bootstrap, as often as
/// it was drawn. What several metrics need is computed once, and only if one of them asks.
///
/// A sample belongs to one thread and is never kept.
package protocol ScoredSample: AnyObject {
  /// Examples, those drawn twice counted twice. A resample has as many as what it was drawn from.
  var count: Int { get }
  /// Turns it into a resample of the same examples.
  func repeated(_ times: [Int32])
}

/// One number of a metric, or why there is none: an undefined value is left out and never 0 or NaN.
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

  /// The value, or the reason why there is none.
  package init(_ key: String, _ value: Double?, else reason: String) {
    self.init(key, value.map(Outcome.defined) ?? .undefined(reason))
  }

  package var value: Double? { if case .defined(let value) = outcome { value } else { nil } }

  /// Why there is no value.
  package var reason: String? { if case .undefined(let reason) = outcome { reason } else { nil } }
}
