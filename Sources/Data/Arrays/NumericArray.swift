import DataSchema
import Files

/// An array of numbers in a file. Its first dimension counts the examples; nothing is read until it is asked
/// for.
package struct NumericArray: Sendable {
  /// The file it is in.
  package let path: String
  /// Its name in the file, or the file's own without `.npy`.
  package let name: String
  package let shape: [Int]
  package let elementType: NumericType
  /// Whether the first dimension, not the last, changes fastest from value to value in the file.
  package let isFortranOrder: Bool
  private let isBigEndian: Bool
  private let storage: ArrayStorage
  /// Where the values begin in `storage`.
  private let offset: Int
  /// The size of all values in bytes.
  private let size: Int

  /// - Precondition: `values` has as many bytes from `offset` on as the shape needs.
  init(
    path: String, name: String, shape: [Int], elementType: NumericType, isFortranOrder: Bool,
    isBigEndian: Bool, values: ArrayStorage, offset: Int
  ) {
    size = values.size - offset
    precondition(elementType.byteCount(shape) == size)
    self.path = path
    self.name = name
    self.shape = shape
    self.elementType = elementType
    // The orders differ only if two dimensions are longer than 1.
    self.isFortranOrder = isFortranOrder && shape.filter { $0 != 1 }.count > 1
    self.isBigEndian = isBigEndian
    storage = values
    self.offset = offset
  }

  /// The number of rows, the entries of the first dimension; a single number is one row.
  package var rowCount: Int { shape.first ?? 1 }

  /// The shape of a row.
  package var rowShape: [Int] { Array(shape.dropFirst()) }

  /// The size of a row in bytes.
  package var rowSize: Int { shape.contains(0) ? 0 : size / rowCount }

  /// An error about this array.
  package func error(_ reason: String) -> DataError {
    DataError(path: path, reason: "the array '\(FileError.printable(name))' \(reason)")
  }

  /// Fills `buffer` with the rows in `range`, in C order and in this processor's byte order. May be called on
  /// several threads at once.
  ///
  /// - Precondition: the rows exist, and `buffer` has the size of as many rows.
  /// - Throws: ``DataError`` if they cannot be read.
  package func readBytes(
    _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount)
    precondition(buffer.count == range.count * rowSize)
    if buffer.isEmpty { return }
    if isFortranOrder {
      try readColumns(range, into: buffer)
    } else {
      try storage.read(into: buffer, at: offset + range.lowerBound * rowSize)
    }
    if isBigEndian { Self.swapBytes(buffer, elementType.size) }
  }

  /// The rows in `range`, in C order and in this processor's byte order.
  package func bytes(_ range: Range<Int>) throws(DataError) -> [UInt8] {
    try UninitializedBytes.filled(range.count * rowSize) { (buffer) throws(DataError) in
      try readBytes(range, into: buffer)
    }
  }

  // MARK: Fortran order

  /// Gaps up to this many bytes are read along, which takes less time than another call.
  private static let shortGap = 1 << 16
  /// The most bytes that are read at a time.
  private static let pieceSize = 1 << 20

  /// Reads rows of an array in Fortran order. For each place in a row, its values in all rows lie beside each
  /// other: a column. The columns follow each other with the first dimension of a row fastest.
  private func readColumns(
    _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DataError) {
    let size = elementType.size
    let columnSize = rowCount * size
    let wanted = range.count * size
    let isDense = columnSize - wanted <= Self.shortGap
    let columnsAtOnce = isDense ? max(1, Self.pieceSize / columnSize) : 1
    let columnCount = rowSize / size
    var places = FortranPlaces(rowShape)
    var column = 0
    while column < columnCount {
      let count = min(columnsAtOnce, columnCount - column)
      let first = offset + column * columnSize
      let piece = try storage.bytes(
        at: (first + range.lowerBound * size)..<(first + (count - 1) * columnSize + range.upperBound
          * size))
      piece.withUnsafeBytes { piece in
        for index in 0..<count {
          Elements.copy(
            range.count, size: size, from: piece, at: index * columnSize, step: size, to: buffer,
            at: places.next() * size, step: rowSize)
        }
      }
      column += count
    }
  }

  private static func swapBytes(_ buffer: UnsafeMutableRawBufferPointer, _ size: Int) {
    func swap<Bits: FixedWidthInteger & BitwiseCopyable>(_ type: Bits.Type) {
      for offset in stride(from: 0, to: buffer.count, by: MemoryLayout<Bits>.size) {
        let bits = buffer.loadUnaligned(fromByteOffset: offset, as: type)
        buffer.storeBytes(of: bits.byteSwapped, toByteOffset: offset, as: type)
      }
    }
    switch size {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
  }
}

/// The places in C order of the elements of an array that is walked in Fortran order.
private struct FortranPlaces {
  private let shape: [Int]
  private let strides: [Int]
  private var indices: [Int]
  private var place = 0

  init(_ shape: [Int]) {
    self.shape = shape
    strides = Elements.strides(shape)
    indices = shape.map { _ in 0 }
  }

  /// The next place, in elements.
  mutating func next() -> Int {
    let current = place
    for axis in shape.indices {
      indices[axis] += 1
      place += strides[axis]
      if indices[axis] < shape[axis] { break }
      place -= indices[axis] * strides[axis]
      indices[axis] = 0
    }
    return current
  }
}
