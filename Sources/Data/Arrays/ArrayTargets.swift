import DataSchema

/// Reads the targets of all examples from an array.
package enum ArrayTargets {
  /// Class numbers, from an array (count) or (count, 1) of whole numbers of any type.
  ///
  /// - Parameter classes: how many classes there are; `nil`: one more than the largest number.
  /// - Throws: ``DataError`` if the array has another shape, or holds anything but 0 to `classes` - 1.
  package static func classes(
    _ array: NumericArray, classes: Int? = nil
  ) throws(DataError) -> Targets {
    let shape = array.shape
    guard shape.count == 1 || shape.count == 2 && shape[1] == 1 else {
      let isWide = shape.count == 2 && shape[1] > 1
      throw array.error(
        "has the shape \(ArrayShape.text(shape)), but class numbers have (count) or (count, 1)"
          + (isWide ? "; save numpy.nonzero(a)[1] if each row has a single 1" : ""))
    }
    let largest = min(classes ?? mostClasses, mostClasses) - 1
    let values = try numbers(of: array)
    for (row, value) in values.enumerated()
    where value < 0 || value > Double(largest) || value != value.rounded() {
      let expected =
        classes.map { "one of the \($0) classes 0 to \($0 - 1)" }
        ?? "a whole number from 0 to \(largest)"
      throw array.error("holds \(text(value)) in example \(row), expected \(expected)")
    }
    return Targets(values.map { Float($0) })
  }

  /// One or more numbers, from an array (count) or (count, `width`), each rounded to the nearest 32-bit float.
  ///
  /// - Parameter width: how many numbers an example has; `nil`: as many as the array says.
  /// - Throws: ``DataError`` if the array has another shape, or a number is not finite.
  package static func numbers(
    _ array: NumericArray, width: Int? = nil
  ) throws(DataError) -> Targets {
    let vectors = try ArrayVectors(array)
    guard width == nil || vectors.width == width else {
      throw array.error("holds \(vectors.width) numbers per example, expected \(width ?? 1)")
    }
    return Targets(try vectors.read(Array(0..<vectors.count)), width: vectors.width)
  }

  /// Sets of labels, from an array (count, `labels`) of 0 and 1 of any type.
  ///
  /// - Parameter labels: how many labels there are; `nil`: as many as the array says.
  /// - Throws: ``DataError`` if the array has another shape, or holds other numbers.
  package static func labelSets(
    _ array: NumericArray, labels: Int? = nil
  ) throws(DataError) -> Targets {
    let shape = array.shape
    guard shape.count == 2, shape[1] > 0, labels == nil || labels == shape[1] else {
      throw array.error(
        "has the shape \(ArrayShape.text(shape)), but sets of labels have (count, "
          + "\(labels.map(String.init) ?? "labels"))")
    }
    let values = try numbers(of: array)
    if let bad = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw array.error(
        "holds \(text(values[bad])) in example \(bad / shape[1]), label \(bad % shape[1]), "
          + "expected 0 or 1")
    }
    return Targets(values.map { Float($0) }, width: shape[1])
  }

  /// How many 1 each row of an array (count, labels) has.
  ///
  /// - Returns: `nil` if it has another shape, or holds anything but 0 and 1.
  /// - Throws: ``DataError`` if it cannot be read.
  package static func labelCounts(_ array: NumericArray) throws(DataError) -> [Int]? {
    guard array.shape.count == 2, array.shape[1] > 0 else { return nil }
    var counts = [Int](repeating: 0, count: array.rowCount)
    for (place, value) in try numbers(of: array).enumerated() {
      guard value == 0 || value == 1 else { return nil }
      if value == 1 { counts[place / array.shape[1]] += 1 }
    }
    return counts
  }

  /// 32-bit floats hold the numbers of so many classes exactly.
  private static let mostClasses = 1 << 24

  /// All numbers of an array with two dimensions at most.
  private static func numbers(of array: NumericArray) throws(DataError) -> [Double] {
    try array.bytes(0..<array.rowCount).withUnsafeBytes {
      array.elementType.numbers(in: $0, as: Double.self)
    }
  }

  /// Whole numbers without a point.
  private static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
