/// Examples that occur more than once, exactly or nearly.
package struct DuplicateFindings: Codable, Hashable, Sendable {
  /// Examples that were compared.
  package var compared: Int
  /// Whether near-duplicates were looked for, which only pictures can have.
  package var searchesNear: Bool
  /// Examples beyond the first of each group of exactly equal ones.
  package var exactCopies: Int
  /// Pairs of pictures that look alike and are not equal; of equal pictures only one counts.
  package var nearPairs: Int
  /// Groups of equal examples; those that cross parts come first, then those of different classes.
  package var exact: CappedList<DuplicateGroup>
  /// Groups of pictures that look alike, directly or through others, in the same order.
  package var near: CappedList<DuplicateGroup>
  /// Between every two parts, in both directions.
  package var across: [CrossingCount]
  /// Groups whose examples have different targets.
  package var conflicting: Int
  /// Pictures for which the search stopped early, since too many others resemble them: there may be more
  /// near-duplicates of these.
  package var limited: Int

  enum CodingKeys: String, CodingKey {
    case compared, exact, near, across, conflicting, limited
    case searchesNear = "searches_near"
    case exactCopies = "exact_copies"
    case nearPairs = "near_pairs"
  }
}

/// Examples that are duplicates of each other.
package struct DuplicateGroup: Codable, Hashable, Sendable {
  /// How many they are.
  package var count: Int
  /// The first of them: one or more of every part before others.
  package var members: [ExamplePlace]
  package var crossesParts: Bool
  /// Whether their targets differ.
  package var isConflicting: Bool
  /// Of the least similar pair that connects them, 0.95 to 1; 1 if all are equal.
  package var similarity: Double
  /// Whether one is the mirror image of another.
  package var hasMirrored: Bool
  /// Whether one shows only a part of another.
  package var hasCropped: Bool

  enum CodingKeys: String, CodingKey {
    case count, members, similarity
    case crossesParts = "crosses_parts"
    case isConflicting = "is_conflicting"
    case hasMirrored = "has_mirrored"
    case hasCropped = "has_cropped"
  }
}

/// How many examples of one part have a duplicate in another.
package struct CrossingCount: Codable, Hashable, Sendable {
  /// The part whose examples are counted.
  package var part: String
  /// The part that holds the duplicates.
  package var other: String
  /// Examples of ``part`` that are equal to one of ``other``.
  package var exact: Int
  /// Further ones that only look like one of ``other``.
  package var near: Int
}
