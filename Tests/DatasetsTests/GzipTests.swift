import Datasets
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
            ? "is not a gzip file" : "the gzip data break off: the file is incomplete"))
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
      #expect(error?.reason == "the gzip data are damaged (\(detail))")
    }
  }

  @Test func onlyOneMemberAndNothingAfterIt() throws {
    let folder = try TemporaryFolder()
    let two = try folder.write(gzip([1]) + gzip([2]), "two.gz")
    #expect(
      throws: DataError(path: two, reason: "holds several gzip members, one is wanted")
    ) { try Gzip.inflate(contentsOf: two, limit: 9) }
    let trailing = try folder.write(gzip([1]) + [0], "trailing.gz")
    #expect(
      throws: DataError(path: trailing, reason: "goes on after the end of its gzip data")
    ) { try Gzip.inflate(contentsOf: trailing, limit: 9) }
  }

  @Test func whatIsNoFileIsSaid() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing.gz"
    #expect(
      throws: DataError(path: missing, reason: "cannot open it: No such file or directory")
    ) { try Gzip.inflate(contentsOf: missing, limit: 9) }
    #expect(throws: DataError(path: folder.path, reason: "is a folder, a file is wanted")) {
      try Gzip.inflate(contentsOf: folder.path, limit: 9)
    }
    #expect(
      throws: DataError(path: "/dev/zero", reason: "is not a regular file, a file is wanted")
    ) { try Gzip.inflate(contentsOf: "/dev/zero", limit: 9) }
  }
}
