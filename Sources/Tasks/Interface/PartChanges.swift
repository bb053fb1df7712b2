import ExperimentConfig
import Statistics

/// The scores of two runs on each class, label or number that a task distinguishes.
package struct PartChanges: Sendable {
  /// One score of both runs; `nil` for a run in which it is undefined.
  package struct Scores: Sendable, Equatable {
    package var a: Double?
    package var b: Double?

    package init(_ a: Double?, _ b: Double?) {
      self.a = a
      self.b = b
    }

    /// B minus A.
    package var difference: Double? { a.flatMap { a in b.map { $0 - a } } }
  }

  package struct Row: Sendable {
    package var name: String
    /// In the order of ``PartChanges/scores``.
    package var scores: [Scores]
    /// The number of examples on which only A, or only B, does better; `nil` if the answers are not
    /// paired.
    package var onlyA: Int?
    package var onlyB: Int?
    /// The p-value of a test of these counts, with Holm's correction over the rows.
    package var adjusted: Double?
    /// Whether the row is worth showing.
    package var differs: Bool
    /// Further JSON fields; the counts and the p-value are added.
    package var json: [String: JSONValue]

    package init(
      name: String, scores: [Scores], onlyA: Int?, onlyB: Int?, differs: Bool,
      json: [String: JSONValue]
    ) {
      self.name = name
      self.scores = scores
      self.onlyA = onlyA
      self.onlyB = onlyB
      self.differs = differs
      self.json = json
    }

    /// The change of the leading score.
    package var change: Double? { scores.first?.difference }
  }

  /// Names for the counts of examples on which only one run does better.
  package struct CountNames: Sendable, Equatable {
    /// The heading of a column with both counts, such as `only A/B right`.
    package var both: String
    package var a: String
    package var b: String
    /// The JSON keys.
    package var keyA: String
    package var keyB: String

    package init(both: String, a: String, b: String, keyA: String, keyB: String) {
      self.both = both
      self.a = a
      self.b = b
      self.keyA = keyA
      self.keyB = keyB
    }

    package static let right = CountNames(
      both: "only A/B right", a: "Only A right", b: "Only B right", keyA: "only_a_right",
      keyB: "only_b_right")
  }

  /// The names of the scores; the first one leads.
  package let scores: [String]
  /// Whether the scores lie between 0 and 1.
  package let areShares: Bool
  package private(set) var rows: [Row]
  package let counts: CountNames
  /// A sentence that says which test the p-values come from.
  package let test: String

  /// - Parameter tests: the uncorrected p-value of each row; `nil` for a row without a test.
  package init(
    scores: [String], areShares: Bool, rows: [Row], counts: CountNames, test: String,
    tests: [Double?]
  ) {
    self.scores = scores
    self.areShares = areShares
    self.rows = rows
    self.counts = counts
    self.test = test
    for (place, p) in Holm.adjusted(tests).enumerated() { self.rows[place].adjusted = p }
  }

  /// The value of the leading score at which a bar is full.
  package var full: Double {
    PartScores.full(
      rows.compactMap(\.scores.first).flatMap { [$0.a, $0.b] }, areShares: areShares)
  }

  /// Whether the two runs' answers are paired.
  package var arePaired: Bool { rows.contains { $0.onlyA != nil } }
}
