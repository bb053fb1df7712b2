import DataSchema
import Files

/// An array of unsigned bytes with one to four dimensions, row-major.
package struct IDXArray: Hashable, Sendable {
  /// Sizes, outermost first; their product is `bytes.count`.
  package let shape: [Int]
  package let bytes: [UInt8]

  package init(shape: [Int], bytes: [UInt8]) {
    self.shape = shape
    self.bytes = bytes
  }
}

/// The IDX format of the MNIST files: two zero bytes, a type, the number of dimensions, each size as four
/// big-endian bytes, then the values.
///
/// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
package enum IDX {
  /// The default limit on the size of the values: 2 GiB.
  package static let standardLimit = 2 << 30

  /// Reads the IDX file at `path`, which may be gzipped whatever its name.
  ///
  /// Throws if the file is not IDX, if its values are not unsigned bytes, or if the header does not match the
  /// contents. The header is checked before memory is allocated for the values, which never exceeds what the
  /// file can hold.
  package static func read(
    _ path: String, limit: Int = standardLimit
  ) throws(DataError) -> IDXArray {
    try readWithDigest(path, limit: limit).array
  }

  /// Like `read`, but also returns the SHA-256 of the uncompressed file, including its header, in
  /// hexadecimal.
  package static func readWithDigest(
    _ path: String, limit: Int = standardLimit
  ) throws(DataError) -> (array: IDXArray, sha256: String) {
    let input = try IDXInput(path: path, limit: limit)
    let (bytes, digest) = try contents(of: input)
    return (IDXArray(shape: input.shape, bytes: bytes), digest)
  }

  /// Reads an IDX file of numbers of any type, such as labels, and the SHA-256 of the uncompressed file.
  /// Throws as ``read(_:limit:)`` does.
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
        // Each piece is hashed while it is still in the CPU cache.
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

  /// Validates the file at `path` as `read` does without keeping its values. Returns its shape and the
  /// SHA-256 of the uncompressed file, including its header, in hexadecimal.
  ///
  /// - Parameter takesNumbers: whether types other than unsigned bytes are allowed, as for labels.
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
