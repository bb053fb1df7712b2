/// What a score is measured in.
package enum MetricUnit: Hashable, Sendable {
  /// From 0 to 1.
  case share
  /// From -1 to 1; 0 is chance.
  case correlation
  /// Natural logarithms.
  case nats
  /// Squared differences of probabilities, from 0 to 2.
  case squaredProbability
  case examples
  /// What training minimises; no loss is negative.
  case loss
  /// The share of the variance that is explained: at most 1, and below 0 for what is worse than the mean.
  case shareOfVariance
  /// The target's own unit, by name if it has one.
  case target(String?)

  /// As `summary.json` has it.
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

  /// The unit that `summary.json` records.
  package init(text: String) {
    let known: [MetricUnit] = [
      .share, .correlation, .nats, .squaredProbability, .examples, .loss, .shareOfVariance,
      .target(nil),
    ]
    self = known.first { $0.text == text } ?? .target(text)
  }

  /// The values that are possible.
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

/// What a reader of a score has to know: its unit and which way it gets better.
package struct MetricFacts: Hashable, Sendable {
  package var unit: MetricUnit
  package var higherIsBetter: Bool

  package init(unit: MetricUnit, higherIsBetter: Bool) {
    self.unit = unit
    self.higherIsBetter = higherIsBetter
  }

  package static let loss = MetricFacts(unit: .loss, higherIsBetter: false)

  /// The values that the score can have.
  package var range: ClosedRange<Double> { unit.range }

  /// The values that the difference of two such scores can have.
  package var differenceRange: ClosedRange<Double> {
    let width = range.upperBound - range.lowerBound
    return -width...width
  }
}
