import DataSchema

/// Makes groups of duplicates out of digests and pairs.
struct DuplicateGrouping {
  /// Examples of a group that are named.
  static let namedMembers = 12

  let parts: [DataPart]
  /// The part and index of every example.
  let places: [(part: Int, index: Int)]
  /// The target of each, by a number; equal for equal targets.
  let targets: [Int]
  /// For each example the first that is equal to it, itself if it is the first.
  let firsts: [Int]
  /// Pairs of such first examples that look alike.
  let pairs: [PicturePair]

  /// - Parameter limit: groups of each list.
  func findings(limit: Int, searchesNear: Bool, limited: Int) -> DuplicateFindings {
    var equals: [Int: [Int]] = [:]
    for (place, first) in firsts.enumerated() { equals[first, default: []].append(place) }
    let exact = equals.filter { $0.value.count > 1 }.map { group($0.value, []) }
    let near = components().map { pairs in
      let firsts = Set(pairs.flatMap { [$0.first, $0.second] })
      return group(firsts.flatMap { equals[$0] ?? [] }.sorted(), pairs)
    }
    return DuplicateFindings(
      compared: places.count, searchesNear: searchesNear,
      exactCopies: places.count - equals.count, nearPairs: pairs.count,
      exact: CappedList(exact.sorted(by: precedes), limit: limit),
      near: CappedList(near.sorted(by: precedes), limit: limit), across: across(equals),
      conflicting: (exact + near).count { $0.isConflicting }, limited: limited)
  }

  /// The pairs of each connected group.
  private func components() -> [[PicturePair]] {
    var parents = Array(firsts.indices)
    func root(_ place: Int) -> Int {
      var place = place
      while parents[place] != place {
        parents[place] = parents[parents[place]]
        place = parents[place]
      }
      return place
    }
    for pair in pairs {
      let (a, b) = (root(pair.first), root(pair.second))
      parents[max(a, b)] = min(a, b)
    }
    var groups: [Int: [PicturePair]] = [:]
    for pair in pairs { groups[root(pair.first), default: []].append(pair) }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Whether targets lie in the images, as boxes and masks do, so that those of a similar image may differ.
  private var followImages: Bool {
    parts.contains { $0.source.schema.target.kind.areBoxes || $0.source.schema.target.kind.isMask }
  }

  private func group(_ members: [Int], _ pairs: [PicturePair]) -> DuplicateGroup {
    // One of every part first, so that a short list shows that the group crosses parts.
    var (leading, rest): ([Int], [Int]) = ([], [])
    var seen: Set<Int> = []
    for member in members {
      if seen.insert(places[member].part).inserted {
        leading.append(member)
      } else {
        rest.append(member)
      }
    }
    return DuplicateGroup(
      count: members.count,
      members: (leading + rest).prefix(Self.namedMembers).map {
        ExamplePlace(parts[places[$0].part], places[$0].index)
      },
      crossesParts: seen.count > 1,
      isConflicting: (pairs.isEmpty || !followImages) && Set(members.map { targets[$0] }).count > 1,
      similarity: Double(pairs.map(\.correlation).min() ?? 1),
      hasMirrored: pairs.contains(where: \.isMirrored),
      hasCropped: pairs.contains(where: \.isCropped))
  }

  private func precedes(_ a: DuplicateGroup, _ b: DuplicateGroup) -> Bool {
    if a.crossesParts != b.crossesParts { return a.crossesParts }
    if a.isConflicting != b.isConflicting { return a.isConflicting }
    if a.similarity != b.similarity { return a.similarity > b.similarity }
    let (x, y) = (a.members[0], b.members[0])
    return (x.part, x.index) < (y.part, y.index)
  }

  private func across(_ equals: [Int: [Int]]) -> [CrossingCount] {
    // For each first example the parts that hold it, and for each the parts that hold one like it.
    let own = equals.mapValues { Set($0.map { places[$0].part }) }
    var near: [Int: Set<Int>] = [:]
    for pair in pairs {
      near[pair.first, default: []].formUnion(own[pair.second] ?? [])
      near[pair.second, default: []].formUnion(own[pair.first] ?? [])
    }
    var counts: [[(exact: Int, near: Int)]] = Array(
      repeating: Array(repeating: (0, 0), count: parts.count), count: parts.count)
    for (place, first) in firsts.enumerated() {
      let part = places[place].part
      let equalParts = own[first] ?? []
      for other in equalParts where other != part { counts[part][other].exact += 1 }
      for other in (near[first] ?? []).subtracting(equalParts) where other != part {
        counts[part][other].near += 1
      }
    }
    return parts.indices.flatMap { part in
      parts.indices.filter { $0 != part }.map {
        CrossingCount(
          part: parts[part].name, other: parts[$0].name, exact: counts[part][$0].exact,
          near: counts[part][$0].near)
      }
    }
  }
}
