/// Suggests the name that a user probably meant.
package enum Suggestion {
  /// `did you mean 'x'?` for the candidate that `name` is a synonym of or most similar to; `nil` if
  /// none is similar.
  ///
  /// - Parameter aliases: names in other tools, by candidate, in addition to the built-in synonyms.
  package static func hint(
    for name: String, among candidates: some Sequence<String>, aliases: [String: [String]] = [:]
  ) -> String? {
    nearest(to: name, among: candidates, aliases: aliases).map { "did you mean '\($0)'?" }
  }

  /// The candidate known as `name` in other tools, otherwise the most similar one within an edit
  /// distance of a third of the name's length.
  ///
  /// - Parameter aliases: names in other tools, by candidate, in addition to the built-in synonyms.
  package static func nearest(
    to name: String, among candidates: some Sequence<String>, aliases: [String: [String]] = [:]
  ) -> String? {
    // The edit distance is quadratic in the length; longer names are not typos.
    guard (1...64).contains(name.unicodeScalars.count) else { return nil }
    let wanted = fold(name)
    let isAlias = { (candidate: String) in
      candidate != name && aliases[candidate]?.contains { fold($0) == wanted } ?? false
    }
    if let known = candidates.first(where: isAlias) ?? synonym(for: name, among: candidates) {
      return known
    }
    let limit = max(1, (wanted.count + 1) / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let folded = fold(candidate)
      // Abbreviations, such as `conv2` for `conv2d`, count as close.
      let isStart = wanted.count >= 3 && folded.count > wanted.count && folded.starts(with: wanted)
      let distance = isStart ? 1 : distance(wanted, folded)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// The names in this program that `name` is a synonym of, most likely first.
  package static func synonyms(of name: String) -> [String] { Synonyms.names(for: name) }

  /// Looks up the last component of a dotted name: `train.learning_rate` may mean
  /// `optimizer.adam.lr`.
  private static func synonym(
    for name: String, among candidates: some Sequence<String>
  ) -> String? {
    let known = Set(candidates)
    let last = name.split(separator: ".").last.map(String.init) ?? name
    return known.contains(name) ? nil : Synonyms.known(for: last, among: known)
  }

  private static func fold(_ name: String) -> [Unicode.Scalar] {
    Array(name.lowercased().unicodeScalars.filter { $0 != "_" && $0 != "-" })
  }

  /// The Damerau-Levenshtein distance: insertions, deletions, substitutions and transpositions of
  /// neighbours.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for i in 1...left.count {
      var current = [i] + Array(repeating: 0, count: right.count)
      for j in 1...right.count {
        let same = left[i - 1] == right[j - 1]
        current[j] = min(
          previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1))
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          current[j] = min(current[j], beforePrevious[j - 2] + 1)
        }
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
