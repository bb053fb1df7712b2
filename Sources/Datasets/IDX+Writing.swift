import Files

extension IDX {
  /// Writes `array` to `path`, uncompressed; the file appears whole or not at all.
  ///
  /// Throws where the shape is not 1 to 4 sizes of 32 bits whose product is the number of bytes, and
  /// where the folder cannot be written to.
  package static func write(_ array: IDXArray, to path: String) throws(DataError) {
    let header = try header(array.shape, array.bytes.count, path)
    try DataError.wrap { () throws(FileError) in
      try AtomicFile.write([header, array.bytes], to: path)
    }
  }

  private static func header(
    _ shape: [Int], _ count: Int, _ path: String
  ) throws(DataError) -> [UInt8] {
    guard 1...4 ~= shape.count else {
      throw DataError(path: path, reason: "\(shape.count) dimensions do not fit IDX, 1 to 4 do")
    }
    var header: [UInt8] = [0, 0, 0x08, UInt8(shape.count)]
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
