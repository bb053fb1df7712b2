/// What the values of a column are.
package enum ColumnType: String, Hashable, Sendable, Codable, CaseIterable {
  /// Numbers, kept as 32-bit floats.
  case number
  /// Two words for no and yes, such as `false` and `true`.
  case boolean
  /// Texts of which there are few.
  case category
  /// Texts of which there are many: sentences, names, paths, identifiers.
  case text
  /// Days or times of day.
  case date
  /// Nothing: every value is missing.
  case missing

  /// The types that a column can be declared to have.
  package static let declarable: [ColumnType] = [.number, .boolean, .category, .text]

  /// Whether a model can be given such values.
  package var isEncodable: Bool {
    switch self {
    case .number, .boolean, .category: true
    case .text, .date, .missing: false
    }
  }
}
