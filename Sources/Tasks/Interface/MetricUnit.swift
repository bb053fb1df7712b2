/// The unit of a score.
package enum MetricUnit: Hashable, Sendable {
  /// From 0 to 1.
  case share
  /// From -1 to 1; 0 is chance.
  case correlation
  /// Natural units of information.
  case nats
  /// Squared differences of probabilities, from 0 to 2.
  case squaredProbability
  case examples
  /// The training loss; never negative.
  case loss
  /// The fraction of variance explained: at most 1, and below 0 for predictions worse than the
  /// mean.
  case shareOfVariance
  /// The target's own unit, with its name if it has one.
  case target(String?)

  /// The name used in `summary.json`.
  package var text: String {
    switch self {
    case .share: "share"
    case .correlation: "correlation"
    case .nats: "nats"
    case .squaredProbability: "squared probability"
    case .examples: "examples"
    case .loss: "loss"
    case .shareOfVariance: "share of variance"
    case .target(let name): name ?? "target"
    }
  }

  /// Parses a unit recorded in `summary.json`.
  package init(text: String) {
    let known: [MetricUnit] = [
      .share, .correlation, .nats, .squaredProbability, .examples, .loss, .shareOfVariance,
      .target(nil),
    ]
    self = known.first { $0.text == text } ?? .target(text)
  }

  /// The possible values.
  package var range: ClosedRange<Double> {
    switch self {
    case .share: 0...1
    case .correlation: -1...1
    case .squaredProbability: 0...2
    case .nats, .examples, .loss, .target: 0 ... .infinity
    case .shareOfVariance: -.infinity...1
    }
  }
}

/// What a reader needs to interpret a score: its unit and whether higher is better.
package struct MetricFacts: Hashable, Sendable {
  package var unit: MetricUnit
  package var higherIsBetter: Bool

  package init(unit: MetricUnit, higherIsBetter: Bool) {
    self.unit = unit
    self.higherIsBetter = higherIsBetter
  }

  package static let loss = MetricFacts(unit: .loss, higherIsBetter: false)

  /// The possible values of the score.
  package var range: ClosedRange<Double> { unit.range }

  /// The possible values of the difference of two such scores.
  package var differenceRange: ClosedRange<Double> {
    let width = range.upperBound - range.lowerBound
    return -width...width
  }
}
