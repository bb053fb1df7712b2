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
}

/// Groups, such as patients, whose examples lie in more than one part.
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
