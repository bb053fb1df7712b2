/// One score per class, label or number, of several runs.
package struct PartScores: Sendable, Equatable {
  /// The heading, such as `F1 of each class`.
  package var title: String
  /// The name of the score.
  package var score: String
  /// Whether the scores lie between 0 and 1.
  package var areShares: Bool
  /// The names of the classes, labels or numbers.
  package var names: [String]
  /// Indexed by run, then by name; `nil` for a run without predictions and for an undefined score.
  package var values: [[Double?]?]

  package init(
    title: String, score: String, areShares: Bool, names: [String], values: [[Double?]?]
  ) {
    self.title = title
    self.score = score
    self.areShares = areShares
    self.names = names
    self.values = values
  }

  /// The value at which a bar is full.
  package var full: Double {
    Self.full(values.compactMap(\.self).flatMap { $0 }, areShares: areShares)
  }

  /// The value at which a bar is full: 1 for shares, otherwise the largest of `values`.
  static func full(_ values: [Double?], areShares: Bool) -> Double {
    if areShares { return 1 }
    let most = values.compactMap(\.self).filter(\.isFinite).max() ?? 0
    return most > 0 ? most : 1
  }
}

/// Counts of examples by target (rows) and prediction (columns), of several runs. The diagonal is
/// correct.
package struct CountMatrices: Sendable, Equatable {
  /// The heading, such as `Confusion matrices`.
  package var title: String
  /// What the rows are.
  package var rows: String
  /// A sentence that says what the rows and columns are.
  package var note: String
  /// The names of the rows and columns.
  package var names: [String]
  /// The counts of each run; `nil` for a run without predictions.
  package var runs: [[[Int]]?]

  package init(
    title: String, rows: String, note: String, names: [String], runs: [[[Int]]?]
  ) {
    self.title = title
    self.rows = rows
    self.note = note
    self.names = names
    self.runs = runs
  }

  /// B's counts minus A's.
  package static func difference(_ b: [[Int]], _ a: [[Int]]) -> [[Int]] {
    zip(b, a).map { rows in zip(rows.0, rows.1).map { $0 - $1 } }
  }
}
