/// Holm's correction (1979) for multiple tests.
package enum Holm {
  /// The adjusted p-values: rejecting those of at most α keeps the probability of any false
  /// rejection at or below α. The i-th smallest of m is multiplied by m − i + 1, made monotone, and
  /// capped at 1.
  ///
  /// Tests without a p-value (`nil` or NaN) yield `nil` and are not counted.
  package static func adjusted(_ probabilities: [Double?]) -> [Double?] {
    let known = probabilities.indices.compactMap { place in
      probabilities[place].flatMap { $0.isNaN ? nil : (place: place, p: $0) }
    }.sorted { ($0.p, $0.place) < ($1.p, $1.place) }
    var result = [Double?](repeating: nil, count: probabilities.count)
    var largest = 0.0
    for (rank, test) in known.enumerated() {
      largest = max(largest, min(1, test.p * Double(known.count - rank)))
      result[test.place] = largest
    }
    return result
  }
}
