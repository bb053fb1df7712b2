/// One score of each class, label or number, of several runs.
package struct PartScores: Sendable, Equatable {
  /// Such as `F1 of each class`.
  package var title: String
  /// The name of the score alone.
  package var score: String
  /// Whether the scores lie between 0 and 1.
  package var areShares: Bool
  /// Of the classes, labels or numbers.
  package var names: [String]
  /// By run, then by name; `nil` for a run without predictions, and for a score that is not defined.
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

  /// The value that fills a bar.
  package var full: Double {
    Self.full(values.compactMap(\.self).flatMap { $0 }, areShares: areShares)
  }

  /// The value that fills a bar beside these: 1 for shares, else the largest of them.
  static func full(_ values: [Double?], areShares: Bool) -> Double {
    if areShares { return 1 }
    let most = values.compactMap(\.self).filter(\.isFinite).max() ?? 0
    return most > 0 ? most : 1
  }
}

/// Counts of examples by what is true, in rows, and what was predicted, in columns, of several runs. What is on
/// the diagonal is right.
package struct CountMatrices: Sendable, Equatable {
  /// Such as `Confusion matrices`.
  package var title: String
  /// What rows are.
  package var rows: String
  /// What rows and columns are, as a sentence.
  package var note: String
  /// Of the rows and the columns.
  package var names: [String]
  /// By run; `nil` for a run without predictions.
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
