/// How columns become numbers that a model is given.
package struct EncodingOptions: Hashable, Sendable, Codable {
  /// What replaces the missing values of numbers and booleans.
  package enum NumberImputation: Hashable, Sendable, Codable {
    /// Nothing: a missing value is an error.
    case error
    case mean
    case median
    /// The most frequent value, the smallest of several.
    case mostFrequent
    case constant(Double)

    /// As experiments spell it.
    package var name: String {
      switch self {
      case .error: "error"
      case .mean: "mean"
      case .median: "median"
      case .mostFrequent: "mode"
      case .constant: "constant"
      }
    }
  }

  /// What replaces the missing values of categories.
  package enum CategoryImputation: String, Hashable, Sendable, Codable {
    /// Nothing: a missing value is an error.
    case error
    /// The most frequent category, the first by its bytes of several.
    case mostFrequent = "mode"
    /// A category called `missing`.
    case ownCategory = "own_category"
  }

  package var numbers: NumberImputation
  package var categories: CategoryImputation
  /// Whether numbers and booleans are standardised: minus the mean, divided by the standard deviation.
  package var standardize: Bool
  /// What applies to single columns in place of ``numbers``.
  package var numbersByColumn: [String: NumberImputation] = [:]
  /// What applies to single columns in place of ``categories``.
  package var categoriesByColumn: [String: CategoryImputation] = [:]
  /// What applies to single columns in place of ``standardize``.
  package var standardizeByColumn: [String: Bool] = [:]

  package init(
    numbers: NumberImputation = .error, categories: CategoryImputation = .error,
    standardize: Bool = true
  ) {
    self.numbers = numbers
    self.categories = categories
    self.standardize = standardize
  }

  /// The name of the category that ``CategoryImputation/ownCategory`` makes.
  static let ownCategory = "missing"
}
