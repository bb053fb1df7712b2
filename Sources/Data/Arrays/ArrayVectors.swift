import DataSchema

/// The rows of an array of numbers as vectors.
package struct ArrayVectors: Sendable {
  package let array: NumericArray
  /// The number of vectors.
  package var count: Int { reader.count }
  /// The number of values of each vector.
  package let width: Int
  private let reader: ExampleReader

  /// - Throws: ``DataError`` if the array has no shape (count, values) or (count).
  package init(_ array: NumericArray) throws(DataError) {
    guard 1...2 ~= array.shape.count else {
      throw array.error(
        "has the shape \(ArrayShape.text(array.shape)), but vectors have (count, values)"
          + (array.shape.count > 2
            ? "; save a.reshape(len(a), -1), or say the order of the axes if it holds images" : ""))
    }
    width = array.shape.count == 2 ? array.shape[1] : 1
    guard width > 0 else {
      throw array.error(
        "holds vectors without values: its shape is \(ArrayShape.text(array.shape))")
    }
    self.array = array
    reader = ExampleReader(array, order: Array(array.shape.indices))
  }

  /// Reads what would otherwise be read at the first ``read(_:)``.
  package func prepare() throws(DataError) { try reader.prepare() }

  /// The vectors at `indices`, in this order, [example, value], each value rounded to the nearest 32-bit
  /// float. May be called on several threads at once.
  ///
  /// - Precondition: the vectors exist.
  /// - Throws: ``DataError`` if they cannot be read, or a value is not finite as a 32-bit float.
  package func read(_ indices: [Int]) throws(DataError) -> [Float] {
    let bytes = try UninitializedBytes.filled(indices.count * reader.exampleSize) {
      (buffer) throws(DataError) in try reader.read(indices, into: buffer)
    }
    let values = bytes.withUnsafeBytes { array.elementType.numbers(in: $0, as: Float.self) }
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      let exact = bytes.withUnsafeBytes { array.elementType.numbers(in: $0, as: Double.self) }[bad]
      throw array.error(
        "holds \(exact) in example \(indices[bad / width])"
          + (width > 1 ? ", value \(bad % width)" : "") + ", "
          + (exact.isFinite ? "too large for a 32-bit float" : "expected a finite number"))
    }
    return values
  }
}
