/// What has been estimated of one column from the training examples.
package struct FittedColumn: Hashable, Sendable, Codable {
  /// How numbers are standardised: minus ``mean``, divided by ``deviation``.
  package struct Scale: Hashable, Sendable, Codable {
    package let mean: Double
    /// With n in the divisor; 1 for a constant column.
    package let deviation: Double
  }

  package let name: String
  /// A number, boolean or category.
  package let type: ColumnType
  /// As experiments spell it: `mean`, `own_category`.
  package let imputation: String
  /// What replaces a missing number; `nil` for categories, and if a missing value is an error.
  package let fill: Double?
  /// `nil` for categories and for numbers that are not standardised.
  package let scale: Scale?
  /// The outputs of a category, sorted by their bytes; the words of a boolean; `nil` for numbers.
  package let categories: [String]?
  /// What replaces a missing category; `nil` for numbers, and if a missing value is an error.
  package let fillCategory: String?
  /// Categories that none of the fitted rows has, which are encoded as zeros; `nil` for numbers.
  package let unseen: [String]?

  /// A number that is neither standardised nor replaced, such as one of an array.
  package init(plain name: String) {
    self.init(
      name: name, type: .number, imputation: "error", fill: nil, scale: nil, categories: nil,
      fillCategory: nil, unseen: nil)
  }

  init(
    name: String, type: ColumnType, imputation: String, fill: Double?, scale: Scale?,
    categories: [String]?, fillCategory: String?, unseen: [String]?
  ) {
    self.name = name
    self.type = type
    self.imputation = imputation
    self.fill = fill
    self.scale = scale
    self.categories = categories
    self.fillCategory = fillCategory
    self.unseen = unseen
  }

  /// Numbers in the column's part of a vector.
  package var width: Int { type == .category ? categories?.count ?? 0 : 1 }

  /// What each of them is.
  package var outputNames: [String] {
    type == .category ? (categories ?? []).map { "\(name)=\($0)" } : [name]
  }
}
