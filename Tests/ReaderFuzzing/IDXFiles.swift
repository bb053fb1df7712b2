import DataSchema
import Datasets
import TestSupport

extension FuzzedReaders {
  private static let idxSeeds: [[UInt8]] = [
    [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4] + Array(0..<24),
    [0, 0, 8, 1, 0, 0, 0, 10] + Array(0..<10),
    [0, 0, 8, 4] + [2, 3, 2, 2].flatMap { [0, 0, 0, $0] } + Array(0..<24),
    [0, 0, 0x0D, 1, 0, 0, 0, 2, 0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0],
    [0, 0, 0x0B, 1, 0, 0, 0, 2, 0, 1, 0xFF, 0xFF],
    [0, 0, 0x0E, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0],
  ]

  static let idx = FuzzedReader("idx") {
    idxSeeds
  } read: { bytes, path in
    try readIDX(path, most: bytes.count)
  }

  static let compressedIDX = FuzzedReader("idx.gz", repair: compressed) {
    idxSeeds + idxSeeds.map(gzip)
  } read: { bytes, path in
    try readIDX(path, most: bytes.count * 1032)
  }

  /// Reads a file as labels, and as images if its values are bytes.
  ///
  /// - Parameter most: values that fit into the file.
  private static func readIDX(_ path: String, most: Int) throws {
    let (numbers, digest) = try IDX.readNumbersWithDigest(path)
    try FuzzViolation.require(
      numbers.shape.reduce(1, *) == numbers.values.count && numbers.values.count <= most,
      "the shape \(numbers.shape) with \(numbers.values.count) values")
    let (shape, again) = try IDX.inspect(path, takesNumbers: true)
    try FuzzViolation.require(shape == numbers.shape && again == digest, "read in two ways")
    var array: IDXArray?
    do throws(DataError) {
      array = try IDX.read(path)
    } catch {
      try FuzzViolation.require(error.reason.contains("type 08"), "\(error)")
    }
    if let array {
      try FuzzViolation.require(
        array.shape == shape && array.bytes.map(Float.init) == numbers.values, "read in two ways")
    }
  }
}
