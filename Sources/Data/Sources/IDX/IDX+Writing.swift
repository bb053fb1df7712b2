import DataSchema
import Files

extension IDX {
  /// Writes `array` to `path`, uncompressed and atomically.
  ///
  /// Throws if the shape is not 1 to 4 sizes of 32 bits whose product is the number of bytes, or if the
  /// folder is not writable.
  package static func write(_ array: IDXArray, to path: String) throws(DataError) {
    let header = try header(array.shape, array.bytes.count, path)
    try DataError.wrap { () throws(FileError) in
      try AtomicFile.write([header, array.bytes], to: path)
    }
  }

  /// The contents of an IDX file with `array`.
  static func file(_ array: IDXArray) throws(DataError) -> [UInt8] {
    try header(array.shape, array.bytes.count, "IDX") + array.bytes
  }

  /// The contents of an IDX file with `numbers`.
  static func file(_ numbers: IDXNumbers) throws(DataError) -> [UInt8] {
    try header(numbers.shape, numbers.values.count, "IDX", .float)
      + numbers.values.flatMap { value in
        withUnsafeBytes(of: value.bitPattern.bigEndian) { Array($0) }
      }
  }

  private static func header(
    _ shape: [Int], _ count: Int, _ path: String, _ element: IDXElement = .unsignedByte
  ) throws(DataError) -> [UInt8] {
    guard 1...4 ~= shape.count else {
      throw DataError(path: path, reason: "\(shape.count) dimensions do not fit IDX, 1 to 4 do")
    }
    var header: [UInt8] = [0, 0, element.rawValue, UInt8(shape.count)]
    var product = 1
    var overflows = false
    for size in shape {
      guard let word = UInt32(exactly: size) else {
        throw DataError(path: path, reason: "a dimension of \(size) does not fit IDX")
      }
      header += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      product = next
      overflows = overflows || overflow
    }
    guard !overflows, product == count else {
      throw DataError(path: path, reason: "the shape \(shape) is not that of \(count) bytes")
    }
    return header
  }
}
