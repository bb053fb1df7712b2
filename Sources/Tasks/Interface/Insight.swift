import ExperimentConfig

/// A statement about a run, derived from its numbers.
package struct Insight: Sendable, Equatable {
  package enum Tone: String, Sendable {
    case good, neutral, warning
  }

  /// A machine-readable topic; each task defines own scale.
  package struct Topic: RawRepresentable, Sendable, Hashable {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The overall quality of the answers.
    package static let overall = Topic(rawValue: "overall")
  }

  package var topic: Topic
  package var tone: Tone
  package var text: String

  package init(_ topic: Topic, _ tone: Tone, _ text: String) {
    self.topic = topic
    self.tone = tone
    self.text = text
  }
}

extension Insight {
  /// For example `97.5%`.
  package static func percent(_ share: Double, _ decimals: Int = 1) -> String {
    NumberText.percent(share, decimals)
  }

  /// For example `1 error` or `1,200 errors`.
  package static func count(_ count: Int, _ one: String, _ many: String) -> String {
    count == 1 ? "1 \(one)" : "\(NumberText.grouped(count)) \(many)"
  }

  /// For example `a, b and c`.
  package static func joined(_ texts: [String]) -> String {
    guard let last = texts.last else { return "" }
    return texts.count == 1 ? last : texts.dropLast().joined(separator: ", ") + " and " + last
  }
}
