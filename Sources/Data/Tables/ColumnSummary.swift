/// What is known of a column from all its values.
package struct ColumnSummary: Hashable, Sendable, Codable {
  /// The range of a column of numbers.
  package struct Range: Hashable, Sendable, Codable {
    package let minimum: Double
    package let mean: Double
    package let maximum: Double
  }

  /// A value and how often it occurs.
  package struct Frequency: Hashable, Sendable, Codable {
    package let value: String
    package let count: Int
  }

  package let name: String
  package let type: ColumnType
  /// Why it has this type, such as `declared` or `12 distinct strings`.
  package let reason: String
  /// How to use it as a feature anyway, or a remark; `nil` if there is
  /// nothing.
  package let hint: String?
  /// Values that are present.
  package let count: Int
  package let missing: Int
  /// The line of the first missing value; `nil` if there is none.
  package let firstMissingLine: Int?
  /// Distinct values; `nil` if there are more than were counted.
  package let distinct: Int?
  /// Of numbers; `nil` for other types.
  package let range: Range?
  /// The values that occur most often, at most ten, those that occur equally often by their bytes; `nil` for
  /// numbers with too many distinct values.
  package let mostFrequent: [Frequency]?
  /// The names of all categories, sorted by their bytes, or the words for no and yes; `nil` for other types.
  package let categories: [String]?
  /// The length of all texts together, in bytes.
  let byteCount: Int

  /// Whether all values are present and the same.
  package var isConstant: Bool {
    missing == 0
      && (distinct == 1 || range.map { $0.minimum == $0.maximum } ?? false)
  }

  /// Memory for the values, in bytes.
  package var memory: Int {
    switch type {
    case .number, .boolean, .category: 4 * (count + missing)
    case .text: byteCount + 8 * (count + missing + 1)
    case .date, .missing: 0
    }
  }
}
