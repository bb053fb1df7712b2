import DataSchema

/// What the data holds and what is wrong with it.
package struct DataFindings: Codable, Hashable, Sendable {
  package var parts: [PartFindings]
  /// `nil` if there is nothing to compare.
  package var duplicates: DuplicateFindings?
  /// `nil` if the inputs are no columns of numbers.
  package var columns: ColumnFindings?
  /// `nil` if no groups are known.
  package var groups: GroupFindings?
  /// Files of the data set that cannot be read.
  package var broken: CappedList<FileProblem>
  /// Files that are left out because of their names or places.
  package var skipped: CappedList<FileProblem>
  /// The most serious first.
  package var warnings: [DataWarning]
  /// Examples that are shown after the transforms; `nil` if none are.
  package var samples: SampleList?
  /// The first rows of a table; `nil` if the data set has no columns.
  package var firstRows: TableExcerpt?

  enum CodingKeys: String, CodingKey {
    case parts, duplicates, columns, groups, broken, skipped, warnings, samples
    case firstRows = "first_rows"
  }
}

/// Training examples that are shown as they are and as some epochs of a training use them.
package struct SampleList: Codable, Hashable, Sendable {
  package var examples: [ExamplePlace]
  /// What the random draws depend on.
  package var seed: UInt64
  /// 0 without folds.
  package var fold: Int
  /// Counted from 1.
  package var epochs: [Int]
  /// Whether the transforms normalise, which is undone for pictures that are shown.
  package var isNormalised: Bool

  package init(
    examples: [ExamplePlace], seed: UInt64, fold: Int, epochs: [Int], isNormalised: Bool
  ) {
    self.examples = examples
    self.seed = seed
    self.fold = fold
    self.epochs = epochs
    self.isNormalised = isNormalised
  }

  enum CodingKeys: String, CodingKey {
    case examples, seed, fold, epochs
    case isNormalised = "is_normalised"
  }
}

/// Some rows of a table as they are written.
package struct TableExcerpt: Codable, Hashable, Sendable {
  package var columns: [String]
  package var examples: [ExamplePlace]
  /// The values of each example, as many as columns.
  package var rows: [[String]]

  /// The first examples of a part.
  ///
  /// - Returns: `nil` if the data set has no columns.
  /// - Throws: ``DataError`` if a column cannot be read.
  package init?(_ part: DataPart, count: Int = 8) throws(DataError) {
    let names = part.source.columnNames
    if names.isEmpty { return nil }
    let indices = Array(part.indices.prefix(count))
    var rows: [[String]] = Array(repeating: [], count: indices.count)
    for name in names {
      let values = try part.source.column(name)
      for (place, index) in indices.enumerated() { rows[place].append(values[index]) }
    }
    columns = names
    examples = indices.map { ExamplePlace(part, $0) }
    self.rows = rows
  }
}

/// Groups, such as patients, whose examples are in more than one part.
package struct GroupFindings: Codable, Hashable, Sendable {
  /// A group that crosses parts.
  package struct Crossing: Codable, Hashable, Sendable {
    package var group: String
    package var parts: [String]
  }

  package var count: Int
  package var crossing: CappedList<Crossing>

  /// - Returns: `nil` if no part has groups.
  init?(_ parts: [DataPart], limit: Int) {
    var places: [String: Set<Int>] = [:]
    var isKnown = false
    for (number, part) in parts.enumerated() {
      guard let groups = part.groups else { continue }
      isKnown = true
      for group in groups { places[group, default: []].insert(number) }
    }
    guard isKnown else { return nil }
    count = places.count
    let crossing = places.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
    self.crossing = CappedList(
      crossing.map { group in
        Crossing(group: group.key, parts: group.value.sorted().map { parts[$0].name })
      }, limit: limit)
  }
}
