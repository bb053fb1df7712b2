import DataSchema
import Datasets
import InputFiles
import Testing

struct GzipTests {
  static let plain = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }

  @Test(arguments: [0, 1, 65_536, 100_000], [1, 9] as [Int32])
  func unpacks(count: Int, level: Int32) throws {
    let folder = try TemporaryFolder()
    let bytes = Array(Self.plain.prefix(count))
    let path = try folder.write(gzip(bytes, level: level), "a.gz")
    #expect(try Gzip.inflate(contentsOf: path, limit: count) == bytes)
  }

  @Test func theLimitIsExact() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(gzip(Self.plain), "a.gz")
    let error = #expect(throws: DataError.self) {
      try Gzip.inflate(contentsOf: path, limit: 99_999)
    }
    #expect(error?.path == path)
    #expect(error?.reason == "unpacks to more than the 99999 bytes allowed")
  }

  @Test func everyTruncationIsFound() throws {
    let folder = try TemporaryFolder()
    let whole = gzip(Array(Self.plain.prefix(300)))
    for count in 0..<whole.count {
      let path = try folder.write(Array(whole.prefix(count)), "cut.gz")
      let error = #expect(throws: DataError.self) {
        try Gzip.inflate(contentsOf: path, limit: 1000)
      }
      #expect(error?.path == path)
      #expect(
        error?.reason
          == (count < 2
            ? "is not a gzip file" : "the gzip data is truncated: the file is incomplete"))
    }
  }

  @Test func everyDamagedByteOfTheContentsIsFound() throws {
    let folder = try TemporaryFolder()
    let whole = gzip(Array(Self.plain.prefix(300)))
    // The header's flags, time and system (bytes 3 to 9) may change without harm to the contents.
    for index in 10..<whole.count {
      var bytes = whole
      bytes[index] ^= 0x55
      let path = try folder.write(bytes, "damaged.gz")
      let error = #expect(throws: DataError.self) {
        try Gzip.inflate(contentsOf: path, limit: 1000)
      }
      #expect(error?.path == path)
    }
  }

  @Test func aWrongSizeOrChecksumIsNamed() throws {
    let folder = try TemporaryFolder()
    for (fromEnd, detail) in [(1, "incorrect length check"), (5, "incorrect data check")] {
      var bytes = gzip([1, 2, 3])
      bytes[bytes.count - fromEnd] ^= 1
      let path = try folder.write(bytes, "lying.gz")
      let error = #expect(throws: DataError.self) { try Gzip.inflate(contentsOf: path, limit: 9) }
      #expect(error?.reason == "the gzip data is damaged (\(detail))")
    }
  }

  /// As the gzip program: pigz, bgzip and `cat a.gz b.gz` make such files.
  @Test func severalMembersFollowEachOther() throws {
    let folder = try TemporaryFolder()
    let plain = Self.plain
    // Pieces of the file are 128 KiB: members begin and end within and across them.
    let noise = (0..<400_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
    for parts in [[[1], [2]], [[], [7], [], []], [plain, noise, [3], noise]] as [[[UInt8]]] {
      let whole = parts.flatMap { $0 }
      let bytes = parts.flatMap { gzip($0) }
      for padding in [0, 1, 511, 1 << 18] {
        let path = try folder.write(bytes + [UInt8](repeating: 0, count: padding), "many.gz")
        #expect(try Gzip.inflate(contentsOf: path, limit: whole.count) == whole)
      }
    }
  }

  @Test func everyTruncationOfASecondMemberIsFound() throws {
    let folder = try TemporaryFolder()
    let first = gzip([1, 2, 3])
    let second = gzip(Array(Self.plain.prefix(300)))
    for count in 1..<second.count {
      let path = try folder.write(first + second.prefix(count), "cut.gz")
      #expect(
        throws: DataError(
          path: path, reason: "the gzip data is truncated: the file is incomplete")
      ) { try Gzip.inflate(contentsOf: path, limit: 1000) }
    }
  }

  @Test func otherDataAfterTheEndAreAnError() throws {
    let folder = try TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: 1 << 18)
    for (trailing, reason) in [
      ([9], "its gzip data is followed by other data"),
      ([0, 9], "its gzip data is followed by other data"),
      (zeros + [9], "its gzip data is followed by other data"),
      // The gzip program takes this for trailing garbage too.
      ([0] + gzip([2]), "its gzip data is followed by other data"),
      ([0x1f, 9, 9, 9], "the gzip data is damaged (incorrect header check)"),
    ] {
      let path = try folder.write(gzip([1]) + trailing, "trailing.gz")
      #expect(throws: DataError(path: path, reason: reason)) {
        try Gzip.inflate(contentsOf: path, limit: 9)
      }
    }
  }

  @Test func whatIsNoFileIsSaid() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing.gz"
    #expect(
      throws: DataError(path: missing, reason: "cannot open it: No such file or directory")
    ) { try Gzip.inflate(contentsOf: missing, limit: 9) }
    #expect(throws: DataError(path: folder.path, reason: "expected a file, found a folder")) {
      try Gzip.inflate(contentsOf: folder.path, limit: 9)
    }
    #expect(
      throws: DataError(path: "/dev/zero", reason: "expected a regular file")
    ) { try Gzip.inflate(contentsOf: "/dev/zero", limit: 9) }
  }
}
