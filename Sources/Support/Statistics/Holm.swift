/// Holm's correction (1979) for several tests at once.
package enum Holm {
  /// The probabilities, adjusted so that rejecting those at most α rejects a true hypothesis with a
  /// probability of at most α: the i-th smallest of m times m − i + 1, never below a smaller one's, at
  /// most 1.
  ///
  /// A test without a probability (nothing, or NaN) stays without and is not counted.
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
