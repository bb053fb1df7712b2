/// Columns of a table that say nothing, or too much.
package struct ColumnFindings: Codable, Hashable, Sendable {
  /// Columns that were looked at.
  package var count: Int
  /// Columns with the same value in every training example.
  package var constant: CappedList<String>
  /// Columns that predict the target almost perfectly, the strongest first.
  package var leaking: CappedList<LeakingColumn>
  /// Columns with values that are not finite numbers.
  package var notFinite: CappedList<String>

  enum CodingKeys: String, CodingKey {
    case count, constant, leaking
    case notFinite = "not_finite"
  }
}

/// A column that predicts the target almost perfectly.
package struct LeakingColumn: Codable, Hashable, Sendable {
  /// How the strength was measured.
  package enum Measure: String, Codable, Hashable, Sendable {
    /// Area under the ROC curve of the values as a score, 0.5 to 1.
    case auc
    /// Share of the examples whose class is the most frequent one among similar values.
    case correctShare = "correct_share"
    /// Absolute value of Pearson's correlation.
    case correlation
  }

  package var name: String
  /// The class, label or number that it predicts; `nil` for all classes.
  package var target: String?
  package var measure: Measure
  package var value: Double
}
