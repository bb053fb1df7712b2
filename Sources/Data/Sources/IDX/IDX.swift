import DataSchema
import Files

/// Unsigned bytes in one to four dimensions, the last one varying fastest.
package struct IDXArray: Hashable, Sendable {
  /// Sizes, outermost first; their product is `bytes.count`.
  package let shape: [Int]
  package let bytes: [UInt8]

  package init(shape: [Int], bytes: [UInt8]) {
    self.shape = shape
    self.bytes = bytes
  }
}

/// The IDX format of the MNIST files: two zero bytes, a type, the number of dimensions, each size as
/// four bytes with the most significant first, then the values.
///
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
package enum IDX {
  /// Values are refused above this many bytes unless a caller says otherwise: 2 GiB.
  package static let standardLimit = 2 << 30

  /// Reads the IDX file at `path`, which may be gzip-compressed whatever it is called.
  ///
  /// Throws where it is not IDX, holds other than unsigned bytes, or where its header does not fit
  /// what follows. The header is checked before memory for the values is taken, which never exceeds
  /// what the file can hold.
  package static func read(
    _ path: String, limit: Int = standardLimit
  ) throws(DataError) -> IDXArray {
    try readWithDigest(path, limit: limit).array
  }

  /// As `read`, and the SHA-256 of the uncompressed file, header included, in hexadecimal.
  package static func readWithDigest(
    _ path: String, limit: Int = standardLimit
  ) throws(DataError) -> (array: IDXArray, sha256: String) {
    let input = try IDXInput(path: path, limit: limit)
    let (bytes, digest) = try contents(of: input)
    return (IDXArray(shape: input.shape, bytes: bytes), digest)
  }

  /// Reads an IDX file of numbers of any type, as labels are, and the SHA-256 of the uncompressed file. Throws
  /// as ``read(_:limit:)`` does.
  package static func readNumbersWithDigest(
    _ path: String, limit: Int = standardLimit
  ) throws(DataError) -> (numbers: IDXNumbers, sha256: String) {
    let input = try IDXInput(path: path, limit: limit, elements: IDXElement.allCases)
    let (bytes, digest) = try contents(of: input)
    return (IDXNumbers(shape: input.shape, values: input.element.numbers(bytes)), digest)
  }

  private static func contents(
    of input: IDXInput
  ) throws(DataError) -> (bytes: [UInt8], sha256: String) {
    var failure: DataError?
    var digest = ""
    let bytes = [UInt8](unsafeUninitializedCapacity: input.valueCount) { buffer, initialized in
      do throws(DataError) {
        // Each piece is hashed while it is still in the processor's cache.
        let values = UnsafeMutableRawBufferPointer(buffer)
        var start = 0
        while start < input.valueCount {
          let end = min(start + IDXInput.piece, input.valueCount)
          try input.read(into: UnsafeMutableRawBufferPointer(rebasing: values[start..<end]))
          start = end
        }
        digest = try input.finish()
        initialized = input.valueCount
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return (bytes, digest)
  }

  /// Checks the file at `path` as `read` does, without keeping its values: its shape and the SHA-256
  /// of the uncompressed file, header included, in hexadecimal.
  ///
  /// - Parameter takesNumbers: whether it may hold other numbers than unsigned bytes, as labels may.
  package static func inspect(
    _ path: String, limit: Int = standardLimit, takesNumbers: Bool = false
  ) throws(DataError) -> (shape: [Int], sha256: String) {
    let input = try IDXInput(
      path: path, limit: limit, elements: takesNumbers ? IDXElement.allCases : [.unsignedByte])
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(IDXInput.piece, input.valueCount), alignment: 16)
    defer { buffer.deallocate() }
    var left = input.valueCount
    while left > 0 {
      let count = min(left, buffer.count)
      try input.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
      left -= count
    }
    return (input.shape, try input.finish())
  }
}
