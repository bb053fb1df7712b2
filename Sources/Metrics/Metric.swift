import ExperimentConfig

/// A measure of a classifier, pooled over all examples: no result depends on how they were batched.
///
/// A metric is declared once: name, arguments and documentation, unit, direction, formula.
package protocol Metric: Sendable {
  static var schema: ComponentSchema { get }
  static var unit: MetricUnit { get }
  /// Nothing for a metric that is a file of its own.
  static var higherIsBetter: Bool? { get }

  init(_ arguments: Arguments) throws

  /// By key of `summary.json`, the headline value first; empty for a metric that is a file of its own.
  func values(_ sample: Sample) -> [MetricValue]
  /// The score of each class, nothing for a class that has none; nothing for a metric without.
  func perClass(_ sample: Sample) -> [Double?]?
}

extension Metric {
  package func perClass(_ sample: Sample) -> [Double?]? { nil }
}

package enum MetricUnit: String, Sendable {
  /// From 0 to 1.
  case share
  /// From -1 to 1; 0 is chance.
  case correlation
  /// Natural logarithms.
  case nats
  /// Squared differences of probabilities, from 0 to 2.
  case squaredProbability = "squared probability"
  case examples

  /// The values that are possible.
  package var range: ClosedRange<Double> {
    switch self {
    case .share: 0...1
    case .correlation: -1...1
    case .squaredProbability: 0...2
    case .nats, .examples: 0 ... .infinity
    }
  }
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
  init(_ key: String, _ value: Double?, else reason: String) {
    self.init(key, value.map(Outcome.defined) ?? .undefined(reason))
  }

  package var value: Double? { if case .defined(let value) = outcome { value } else { nil } }

  /// Why there is no value.
  package var reason: String? { if case .undefined(let reason) = outcome { reason } else { nil } }
}
