/// The order of an experiment's sections, and which of them stand together without a blank line.
enum TopLevelOrder {
  /// Groups of keys, between which there is a blank line.
  static let groups: [[String]] = [
    ["extends", "name", "description", "seed", "threads", "device", "task"],
    ["data"],
    ["blocks"],
    ["model", "outputs", "head", "weights", "freeze", "unfreeze", "cache", "teacher"],
    ["loss", "optimizer", "schedule", "train", "metrics", "report"],
    ["sweep"],
  ]

  /// The place of a key.
  struct Rank: Comparable {
    let group: Int
    let place: Int

    /// Before everything else.
    static let first = Rank(group: 0, place: -1)

    static func < (left: Rank, right: Rank) -> Bool {
      (left.group, left.place) < (right.group, right.place)
    }
  }

  /// - Returns: `nil` for a key that no experiment has.
  static func rank(_ key: String) -> Rank? {
    for (group, keys) in groups.enumerated() {
      if let place = keys.firstIndex(of: key) { return Rank(group: group, place: place) }
    }
    return nil
  }
}
