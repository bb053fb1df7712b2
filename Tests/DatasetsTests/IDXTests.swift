import DataSchema
import Datasets
import Testing

struct IDXTests {
  @Test(arguments: [[5], [2, 3], [2, 3, 4], [2, 1, 3, 2], [0, 28, 28]])
  func readsWhatItWrites(shape: [Int]) throws {
    let folder = try TemporaryFolder()
    let array = IDXArray(
      shape: shape, bytes: (0..<shape.reduce(1, *)).map { UInt8(truncatingIfNeeded: 7 * $0) })
    let path = folder.path + "/a"
    try IDX.write(array, to: path)
    #expect(try IDX.read(path) == array)
    #expect(try folder.read("a") == idx(shape.map { UInt32($0) }, array.bytes))
    #expect(try folder.names() == ["a"])
  }

  @Test func compressedAndPlainAreOne() throws {
    let folder = try TemporaryFolder()
    let bytes = idx([300_000], (0..<300_000).map { UInt8(truncatingIfNeeded: $0 >> 4) })
    let plain = try folder.write(bytes, "plain")
    let compressed = try folder.write(gzip(bytes), "compressed.gz")
    // Some servers and browsers unpack without changing the name.
    let misnamed = try folder.write(bytes, "misnamed.gz")
    let expected = try IDX.readWithDigest(plain)
    #expect(expected.sha256 == hexadecimalSHA256(bytes))
    #expect(expected.array.bytes == Array(bytes.dropFirst(8)))
    for path in [compressed, misnamed] {
      let read = try IDX.readWithDigest(path)
      #expect(read.array == expected.array)
      #expect(read.sha256 == expected.sha256)
      let inspected = try IDX.inspect(path)
      #expect(inspected.shape == [300_000])
      #expect(inspected.sha256 == expected.sha256)
    }
  }

  @Test func writingReplacesAndRefuses() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], "a")
    let wrong: [(IDXArray, String)] = [
      (IDXArray(shape: [], bytes: [1]), "0 dimensions do not fit IDX, 1 to 4 do"),
      (IDXArray(shape: [1, 1, 1, 1, 1], bytes: [1]), "5 dimensions do not fit IDX, 1 to 4 do"),
      (IDXArray(shape: [2], bytes: [1]), "the shape [2] is not that of 1 bytes"),
      (IDXArray(shape: [-1], bytes: [1]), "a dimension of -1 does not fit IDX"),
      (IDXArray(shape: [1 << 32], bytes: [1]), "a dimension of 4294967296 does not fit IDX"),
      (
        IDXArray(shape: [1 << 31, 1 << 31, 4], bytes: []),
        "the shape [2147483648, 2147483648, 4] is not that of 0 bytes"
      ),
    ]
    for (array, reason) in wrong {
      #expect(throws: DataError(path: path, reason: reason)) { try IDX.write(array, to: path) }
    }
    #expect(try folder.read("a") == [1, 2, 3])
    try IDX.write(IDXArray(shape: [1], bytes: [9]), to: path)
    #expect(try IDX.read(path).bytes == [9])
    #expect(try folder.names() == ["a"])

    let nowhere = folder.path + "/missing/a"
    #expect(
      throws: DataError(
        path: nowhere, reason: "cannot create a file beside it: No such file or directory")
    ) { try IDX.write(IDXArray(shape: [1], bytes: [9]), to: nowhere) }
  }
}
