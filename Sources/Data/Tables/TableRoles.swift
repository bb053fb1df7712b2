import DataSchema

/// What the columns of a table are used for.
package struct TableRoles: Hashable, Sendable, Codable {
  /// What is to be predicted.
  package var targets: [String]
  /// What a model is given; `nil`: every column that has no other role, is not ignored and can be used.
  package var features: [String]?
  package var ignore: [String]
  /// Says of each row whether it is for training, validation or the test.
  package var split: String?
  /// Rows of one group stay together.
  package var group: String?
  /// How much each row counts.
  package var weight: String?
  /// Paths of images, which then are what a model is given.
  package var image: String?

  package init(
    targets: [String], features: [String]? = nil, ignore: [String] = [], split: String? = nil,
    group: String? = nil, weight: String? = nil, image: String? = nil
  ) {
    self.targets = targets
    self.features = features
    self.ignore = ignore
    self.split = split
    self.group = group
    self.weight = weight
    self.image = image
  }

  /// The types that roles ask for: groups and splits are compared as text, paths are text, weights are
  /// numbers. To be merged into ``TableOptions/types``.
  package var types: [String: ColumnType] {
    var types: [String: ColumnType] = [:]
    if let weight { types[weight] = .number }
    for name in [split, group].compactMap({ $0 }) { types[name] = .category }
    if let image { types[image] = .text }
    return types
  }

  /// A column that has been left out of the features, and why.
  package struct LeftOut: Hashable, Sendable {
    package let name: String
    /// Such as `all values are '3'`.
    package let reason: String
  }

  /// The features of a table, in the order of the file, or in that of ``features``.
  package struct Features: Hashable, Sendable {
    package let names: [String]
    /// Columns that nobody asked for and that are not used because all their values are the same or missing.
    package let leftOut: [LeftOut]
  }

  /// Decides which columns are the features.
  ///
  /// - Throws: `DataError` for a name that does not exist or has two roles, a column that cannot be a feature,
  ///   and a table without features or images.
  package func features(of index: TableIndex) throws(DataError) -> Features {
    let special = targets + [split, group, weight, image].compactMap { $0 }
    for name in special + ignore + (features ?? []) { _ = try index.column(name) }
    var roles: Set<String> = []
    for name in special + ignore + (features ?? []) where !roles.insert(name).inserted {
      throw DataError(
        path: index.path, reason: "column '\(name)' is listed twice, or for two roles")
    }
    if let features {
      for name in features {
        let column = try index.column(name)
        if !column.type.isEncodable { throw Self.refusal(of: column, path: index.path) }
      }
      return Features(names: features, leftOut: [])
    }
    if image != nil { return Features(names: [], leftOut: []) }
    var names: [String] = []
    var leftOut: [LeftOut] = []
    for column in index.columns where !roles.contains(column.name) {
      if column.type == .missing {
        leftOut.append(LeftOut(name: column.name, reason: "all values are missing"))
      } else if column.isConstant {
        let value = column.mostFrequent?.first.map { " ('\($0.value)')" } ?? ""
        leftOut.append(LeftOut(name: column.name, reason: "all values are the same" + value))
      } else if column.type.isEncodable {
        names.append(column.name)
      } else {
        throw Self.refusal(of: column, path: index.path)
      }
    }
    guard !names.isEmpty else {
      throw DataError(path: index.path, reason: "no column is left to use as a feature")
    }
    return Features(names: names, leftOut: leftOut)
  }

  /// Why a column cannot be used.
  static func refusal(of column: ColumnSummary, path: String) -> DataError {
    let hint = column.hint.map { "; \($0)" } ?? ""
    return DataError(
      path: path,
      reason:
        "column '\(column.name)' cannot be used (\(column.type.rawValue)): \(column.reason)\(hint)")
  }
}
