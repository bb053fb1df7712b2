import Archives
import CZlib
import Files
import TestSupport
import Testing

/// Zip files as data sets come in: listed, and read whole or by their first bytes.
struct ZipArchiveTests {
  /// 24 bytes of 1, deflated: a literal, and a match of 23 bytes at a distance of 1.
  static let deflated: [UInt8] = [0x63, 0x64, 0xC4, 0x0E, 0x00]
  static let ones = [UInt8](repeating: 1, count: 24)

  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    UInt64(bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) })
  }

  /// A folder, a stored file and a deflated one.
  static var good: ZipText {
    var packed = ZipText.Entry("a/packed.bin", [])
    packed.pack(deflated, size: 24, checksum: checksum(ones))
    return ZipText([
      ZipText.Entry("a/", []), ZipText.Entry("a/stored.bin", Array(0..<100)), packed,
    ])
  }

  private static func open(_ text: ZipText, _ folder: TemporaryFolder) throws -> ZipArchive {
    try ZipArchive(folder.write(text.bytes, "data.zip"))
  }

  @Test func listsItsMembers() throws {
    let archive = try Self.open(Self.good, TemporaryFolder())
    #expect(archive.members.map(\.name) == ["a", "a/stored.bin", "a/packed.bin"])
    #expect(archive.members.map(\.isDirectory) == [true, false, false])
    #expect(archive.members.map(\.size) == [0, 100, 24])
    #expect(archive.members.map(\.compressedSize) == [0, 100, 5])
    #expect(archive.members.map(\.method) == [.stored, .stored, .deflated])
    #expect(archive.members[2].checksum == UInt32(Self.checksum(Self.ones)))
    #expect(archive.members.allSatisfy { $0.obstacle == nil })
    #expect(archive["a/packed.bin"] == archive.members[2])
    #expect(archive["a/none"] == nil)
  }

  @Test func readsMembersWholeAndInPart() throws {
    let archive = try Self.open(Self.good, TemporaryFolder())
    let (stored, packed) = (archive.members[1], archive.members[2])
    #expect(try archive.read(stored) == Array(0..<100))
    #expect(try archive.read(packed) == Self.ones)
    for count in [0, 1, 7, 24, 100, 1 << 40] {
      #expect(try archive.read(stored, first: count) == Array((0..<100).prefix(count)))
      #expect(try archive.read(packed, first: count) == Array(Self.ones.prefix(count)))
    }
  }

  /// Contents of many deflated blocks, of which the first bytes need several reads.
  @Test func readsTheBeginningOfALongMember() throws {
    var generator = SystemRandomNumberGenerator()
    let contents = (0..<100_000).map { _ in UInt8.random(in: 0..<16, using: &generator) }
    var packed = [UInt8](repeating: 0, count: 200_000)
    var size = uLong(packed.count)
    #expect(compress2(&packed, &size, contents, uLong(contents.count), 9) == Z_OK)
    // Without the header and the checksum of zlib's own format.
    var entry = ZipText.Entry("long.bin", [])
    entry.pack(
      Array(packed[2..<(Int(size) - 4)]), size: UInt64(contents.count),
      checksum: Self.checksum(contents))
    let archive = try Self.open(ZipText([entry]), TemporaryFolder())
    #expect(try archive.read(archive.members[0]) == contents)
    for count in [1, 600, 5000, 65_536, 99_999, 100_000] {
      #expect(
        try archive.read(archive.members[0], first: count) == Array(contents.prefix(count)))
    }
  }

  @Test func isReadBySeveralTasksAtOnce() async throws {
    let folder = try TemporaryFolder()
    let archive = try Self.open(Self.good, folder)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<200 {
        group.addTask {
          let member = archive.members[1 + index % 2]
          return try archive.read(member) == (index % 2 == 0 ? Array(0..<100) : Self.ones)
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test func acceptsCommentsWideSizesAndResourceForks() throws {
    var text = Self.good
    text.hasWideEnd = false
    text.comment = Array("exported by some program".utf8)
    text.entries[1].size = 0xFFFF_FFFF
    text.entries[1].packed = 0xFFFF_FFFF
    text.entries[1].extra = [1, 0, 16, 0] + littleEndian(100, 8) + littleEndian(100, 8)
    text.entries.append(ZipText.Entry("__MACOSX/a/._stored.bin", [1]))
    let archive = try Self.open(text, TemporaryFolder())
    #expect(archive.members.map(\.name) == ["a", "a/stored.bin", "a/packed.bin"])
    #expect(archive["__MACOSX/a/._stored.bin"] == nil)
    #expect(try archive.read(archive.members[1]) == Array(0..<100))
    #expect(archive["a/packed.bin"] == archive.members[2])
  }

  @Test func anEmptyArchiveHasNoMembers() throws {
    var text = ZipText([])
    text.hasWideEnd = false
    #expect(try Self.open(text, TemporaryFolder()).members.isEmpty)
  }

  @Test func aMissingFileIsReported() {
    #expect(throws: FileError.self) { try ZipArchive("/nonexistent/data.zip") }
  }
}
