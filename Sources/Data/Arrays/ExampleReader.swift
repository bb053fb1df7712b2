import DataSchema
import Synchronization

/// Reads examples of an array whose axes may be in any order, with the axes of each in another order. May be
/// used on several threads at once.
///
/// Where each example is a row, examples are read from the file one by one. Where it is not (the axis of
/// examples is not the first, or the array is in Fortran order), each is scattered over the whole file, so all
/// of them are brought into order in memory at the first reading, up to a limit.
final class ExampleReader: Sendable {
  let array: NumericArray
  /// The number of examples.
  let count: Int
  /// The shape of an example.
  let exampleShape: [Int]
  /// The size of an example in bytes.
  let exampleSize: Int
  /// The axes of the array in the order of the result, the axis of examples first.
  private let order: [Int]
  /// The most bytes that are brought into order in memory.
  private let limit: Int
  private let ordered = Mutex<[UInt8]?>(nil)

  /// The array may take 16 GiB of memory if it has to be brought into order.
  static let standardLimit = 1 << 34

  /// - Parameter order: the axes of the array in the order of the result, the axis of examples first.
  /// - Precondition: `order` is a permutation of the axes of `array`, which has one at least.
  init(_ array: NumericArray, order: [Int], limit: Int = ExampleReader.standardLimit) {
    precondition(!order.isEmpty && order.sorted() == Array(array.shape.indices))
    self.array = array
    self.order = order
    self.limit = limit
    count = array.shape[order[0]]
    exampleShape = order.dropFirst().map { array.shape[$0] }
    exampleSize =
      array.shape.contains(0) ? 0 : exampleShape.reduce(array.elementType.size, *)
  }

  /// Whether examples are rows, which are read one by one.
  private var isByRow: Bool { order[0] == 0 && !array.isFortranOrder }

  /// Reads what would otherwise be read at the first ``read(_:into:)``.
  func prepare() throws(DataError) {
    if !isByRow { _ = try whole() }
  }

  /// Fills `buffer` with the examples at `indices`, in this processor's byte order.
  ///
  /// - Precondition: the examples exist, and `buffer` has the size of as many.
  /// - Throws: ``DataError`` if they cannot be read.
  func read(_ indices: [Int], into buffer: UnsafeMutableRawBufferPointer) throws(DataError) {
    precondition(buffer.count == indices.count * exampleSize)
    if exampleSize == 0 { return }
    guard isByRow else {
      let whole = try whole()
      whole.withUnsafeBytes { whole in
        for (place, index) in indices.enumerated() {
          Self.part(buffer, place * exampleSize, exampleSize)
            .copyMemory(
              from: UnsafeRawBufferPointer(
                rebasing: whole[(index * exampleSize)..<((index + 1) * exampleSize)]))
        }
      }
      return
    }
    var place = 0
    while place < indices.count {
      // Neighbours are read together.
      var end = place + 1
      while end < indices.count, indices[end] == indices[end - 1] + 1 { end += 1 }
      let part = Self.part(buffer, place * exampleSize, (end - place) * exampleSize)
      try readRows(indices[place]..<(indices[place] + end - place), into: part)
      place = end
    }
  }

  private func readRows(
    _ rows: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    // Axes of length 1 may be anywhere.
    let axes = order.filter { array.shape[$0] != 1 }
    if axes == axes.sorted() {
      try array.readBytes(rows, into: buffer)
    } else {
      let bytes = try array.bytes(rows)
      scatter(bytes, [rows.count] + array.rowShape, to: buffer, count: rows.count)
    }
  }

  /// All examples in order.
  private func whole() throws(DataError) -> [UInt8] {
    let result = ordered.withLock { ordered in
      Result { () throws(DataError) -> [UInt8] in
        if let ordered { return ordered }
        let bytes = try inOrder()
        ordered = bytes
        return bytes
      }
    }
    return try result.get()
  }

  /// Rows are read about this many bytes at a time.
  private static let pieceSize = 1 << 22

  private func inOrder() throws(DataError) -> [UInt8] {
    let size = count * exampleSize
    guard size <= limit else {
      throw array.error(
        "has \(size) bytes and does not hold its examples one after the other, which is only "
          + "supported up to \(limit) bytes; save it with the examples first, in C order: "
          + "numpy.ascontiguousarray(numpy.moveaxis(a, \(order[0]), 0))")
    }
    if size == 0 { return [] }
    let rowsAtOnce = max(1, Self.pieceSize / max(array.rowSize, 1))
    let rowStride = Elements.strides([count] + exampleShape)[order.firstIndex(of: 0) ?? 0]
    return try UninitializedBytes.filled(size) { (buffer) throws(DataError) in
      var row = 0
      while row < array.rowCount {
        let rows = row..<min(row + rowsAtOnce, array.rowCount)
        scatter(
          try array.bytes(rows), [rows.count] + array.rowShape, to: buffer, count: count,
          at: row * rowStride)
        row = rows.upperBound
      }
    }
  }

  /// Copies rows of the array to their places among `count` examples.
  private func scatter(
    _ bytes: [UInt8], _ shape: [Int], to buffer: UnsafeMutableRawBufferPointer, count: Int,
    at start: Int = 0
  ) {
    let targetStrides = Elements.strides([count] + exampleShape)
    var strides = shape
    for (place, axis) in order.enumerated() { strides[axis] = targetStrides[place] }
    bytes.withUnsafeBytes {
      Elements.scatter(
        $0, shape, size: array.elementType.size, to: buffer, strides: strides, at: start)
    }
  }

  private static func part(
    _ buffer: UnsafeMutableRawBufferPointer, _ start: Int, _ count: Int
  ) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer[start..<(start + count)])
  }
}
