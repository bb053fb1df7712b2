/// Training on a few examples of each class.
package enum ClassLimit {
  /// The first `perClass` examples of each class in the order of the data; all of a class that has no more.
  ///
  /// - Parameter labels: the class of each example.
  /// - Returns: indices, ascending.
  /// - Throws: if `perClass` is below 1.
  package static func indices(
    labels: [Int32], perClass: Int
  ) throws(SamplingError) -> [Int] {
    guard perClass >= 1 else {
      throw SamplingError(
        reason: "\(perClass) examples of each class: there must be at least one")
    }
    var taken: [Int32: Int] = [:]
    return labels.indices.filter { index in
      let count = taken[labels[index], default: 0]
      guard count < perClass else { return false }
      taken[labels[index]] = count + 1
      return true
    }
  }
}
