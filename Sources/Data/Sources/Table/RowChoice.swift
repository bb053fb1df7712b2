/// Chooses rows to test on by what they hold.
enum RowChoice {
  /// A fraction of each class, at least one row, chosen by their hashes: the same whatever their order is.
  /// Equal rows stay together.
  ///
  /// - Parameters:
  ///   - places: the rows to choose among.
  ///   - classes: the class of each place; `nil` if there are none.
  ///   - hash: of the row at a place.
  /// - Returns: places, ascending.
  static func fraction(
    _ fraction: Double, of places: [Int], classes: [Float]?, hash: (Int) -> ArraySlice<UInt8>
  ) -> [Int] {
    var chosen: [Int] = []
    for group in Dictionary(grouping: places, by: { classes?[$0] ?? 0 }).values {
      let sorted = group.sorted { hash($0).lexicographicallyPrecedes(hash($1)) }
      var count = max(1, Int((Double(group.count) * fraction).rounded()))
      while count < sorted.count, hash(sorted[count]).elementsEqual(hash(sorted[count - 1])) {
        count += 1
      }
      chosen += sorted.prefix(count)
    }
    return chosen.sorted()
  }
}
