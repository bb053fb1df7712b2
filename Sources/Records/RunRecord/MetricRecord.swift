import Tasks

/// The description of a score in `summary.json`.
package struct MetricRecord: Codable, Sendable, Equatable {
  package var unit: String
  package var higherIsBetter: Bool

  enum CodingKeys: String, CodingKey {
    case unit
    case higherIsBetter = "higher_is_better"
  }

  package init(_ facts: MetricFacts) {
    unit = facts.unit.text
    higherIsBetter = facts.higherIsBetter
  }

  package var facts: MetricFacts {
    MetricFacts(unit: MetricUnit(text: unit), higherIsBetter: higherIsBetter)
  }
}
