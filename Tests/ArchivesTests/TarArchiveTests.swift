import Archives
import Files
import Foundation
import TestSupport
import Testing

/// Tar files: those that GNU tar and Python's tarfile wrote, and those that lie.
struct TarArchiveTests {
  private typealias Entry = TarText.Entry

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/archives").path(percentEncoded: false)

  private static let long = String(repeating: "folder/", count: 20) + "file.txt"

  /// The same four members in every format; make.py beside them wrote them.
  @Test(arguments: ["ustar", "gnu", "pax", "v7"])
  func readsWhatOthersWrote(_ format: String) throws {
    let archive = try ArchiveFile.open(Self.folder + "/\(format).tar")
    var names = ["a", "a/one.txt", "a/zeros.bin"]
    if format != "v7" { names.append(Self.long) }
    #expect(archive.members.map(\.name) == names)
    #expect(archive.members.map(\.isDirectory) == names.map { $0 == "a" })
    let one = try #require(archive["a/one.txt"])
    #expect(try archive.read(one) == Array("one".utf8))
    #expect(try archive.read(one, first: 2) == Array("on".utf8))
    #expect(try archive.read(one, first: 1 << 40) == Array("one".utf8))
    let zeros = try #require(archive["a/zeros.bin"])
    #expect(try archive.read(zeros) == [UInt8](repeating: 0, count: 1500))
    if let long = archive[Self.long] {
      #expect(try archive.read(long) == Array("a long name".utf8))
    }
  }

  private func open(_ text: TarText) throws -> TarArchive {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) {
      try TarArchive(folder.write(text.bytes, "data.tar"))
    }
  }

  @Test func namesAndSizesOfPaxAndGNUReplaceTheHeaders() throws {
    var binary = Entry("binary", [1, 2, 3])
    binary.size = [0x80] + [UInt8](repeating: 0, count: 10) + [3]
    var wide = Entry("y", [4, 5])
    wide.size = TarText.octal(0, 11)
    var split = Entry("end.txt", [6])
    split.prefix = Array("some/folder".utf8)
    let archive = try open(
      TarText([
        Entry("./", kind: "5"), Entry("./d/", kind: "5"), Entry("./d/", kind: "5"),
        Entry("pax", TarText.pax("path", "d/é.txt") + TarText.pax("size", "2"), kind: "x"), wide,
        Entry("././@LongLink", Array("d/long.txt\u{0}".utf8), kind: "L"), Entry("cut", [7]),
        Entry("global", TarText.pax("comment", "0123"), kind: "g"), binary, split,
      ]))
    #expect(
      archive.members.map(\.name)
        == ["d", "d/é.txt", "d/long.txt", "binary", "some/folder/end.txt"])
    #expect(
      try archive.members.dropFirst().map { try archive.read($0) }
        == [[4, 5], [7], [1, 2, 3], [6]])
  }

  @Test func whatIsNoFileIsListedWithAReason() throws {
    let sparse = Entry("pax", TarText.pax("GNU.sparse.major", "1"), kind: "x")
    let archive = try open(
      TarText([
        Entry("hard", kind: "1"), Entry("soft", kind: "2"), Entry("device", kind: "3"),
        Entry("pipe", kind: "6"), Entry("holes", [1], kind: "S"), sparse, Entry("pax-holes", [1]),
        Entry("odd", [1], kind: "Q"), Entry("file", [9]),
      ]))
    #expect(
      archive.members.map(\.obstacle) == [
        "is a hard link to another entry, which is not followed",
        "is a symbolic link, which is not followed", "is a device or a pipe",
        "is a device or a pipe", "is a sparse file", "is a sparse file", "is of an unknown type",
        nil,
      ])
    let error = FileError(
      path: archive.path, reason: "its entry 'soft' is a symbolic link, which is not followed")
    #expect(throws: error) { try archive.read(archive.members[1]) }
    #expect(throws: error) { try archive.read(archive.members[1], first: 1) }
    #expect(try archive.read(archive.members[7]) == [9])
  }

  private func reason(_ change: (inout TarText) -> Void) throws -> String? {
    var text = TarText([Entry("a", [UInt8](repeating: 1, count: 600)), Entry("b", [2])])
    change(&text)
    let folder = try TemporaryFolder()
    let path = try folder.write(text.bytes, "data.tar")
    defer { withExtendedLifetime(folder) {} }
    do throws(FileError) {
      _ = try TarArchive(path)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func liesAreRefused() throws {
    #expect(try reason { _ in } == nil)
    #expect(
      try reason { $0.entries[1].error = 1 }
        == "its tar header at byte 1536 is damaged: its checksum is wrong")
    #expect(
      try reason { $0.entries[1].size = TarText.octal(100_000, 11) }
        == "its entry 'b' claims 100000 bytes, more than the file holds")
    for size in [
      [0xFF] + [UInt8](repeating: 0xFF, count: 11), Array("9".utf8), Array("-1".utf8),
    ] {
      #expect(
        try reason { $0.entries[1].size = size }
          == "its tar header at byte 1536 has an invalid size")
    }
    #expect(try reason { $0.end = [] } == "its tar file is truncated")
    #expect(try reason { $0.end += [1] } == "has data after the end of its tar archive")
    #expect(try reason { $0.entries[1].name = [0x61] } == "it has the entry 'a' twice")
    for name in ["../x", "/x", "a/../x", "a\\x", "a//x", "\u{7}"] {
      #expect(
        try reason { $0.entries[1].name = Array(name.utf8) }
          == "its entry \(FileError.quoted(name)) has an invalid name")
    }
  }

  @Test(arguments: [
    "5 path=a\n", "99 path=a\n", "x", " path=a\n", "8 path=a", "9 size=-\n",
    "99999999999999999999 path=a\n",
  ])
  func malformedPaxHeadersAreRefused(_ record: String) throws {
    #expect(
      try reason { $0.entries.insert(Entry("pax", Array(record.utf8), kind: "x"), at: 0) }
        == "its pax header at byte 512 is malformed")
  }

  @Test func descriptionsAreLimited() throws {
    #expect(
      try reason {
        let long = [UInt8](repeating: 0x61, count: 1 << 20 + 1)
        $0.entries.insert(Entry("pax", long, kind: "L"), at: 0)
      } == "its entry 'pax' has 1048577 bytes of metadata; the limit is 1048576")
  }

  @Test func aLimitAppliesToContents() throws {
    let archive = try open(TarText([Entry("a", [1, 2, 3])]))
    #expect(
      throws: FileError(path: archive.path, reason: "its entry 'a' has 3 bytes; the limit is 2")
    ) {
      try archive.read(archive.members[0], limit: 2)
    }
  }

  @Test func survivesEveryCutAndChangedByte() throws {
    let folder = try TemporaryFolder()
    let whole = TarText([
      Entry("pax", TarText.pax("path", "d/é.txt") + TarText.pax("size", "2"), kind: "x"),
      Entry("y", [4, 5]), Entry("././@LongLink", Array("d/long.txt".utf8), kind: "L"),
      Entry("cut", [7]),
    ]).bytes
    for count in stride(from: 0, to: whole.count - 1024, by: 13) {
      let path = try folder.write(Array(whole[..<count]), "cut.tar")
      #expect(throws: FileError.self) { try TarArchive(path) }
    }
    for place in whole.indices where whole[place] != 0 || place % 31 == 0 {
      var bytes = whole
      bytes[place] ^= 0xFF
      let path = try folder.write(bytes, "changed.tar")
      do throws(FileError) {
        let archive = try TarArchive(path)
        for member in archive.members { #expect(try archive.read(member).count == member.size) }
      } catch {
        #expect(error.path == path)
      }
    }
  }

  @Test(arguments: [
    (
      [0x1F, 0x8B, 8] as [UInt8],
      "is compressed as a whole with gzip, so single files in it cannot be read; run 'gunzip' "
        + "on it first, or unpack it"
    ),
    (Array("Rar!1234".utf8), "is a RAR archive; only zip and tar archives are supported"),
    (Array("hello".utf8), "is not a zip or tar archive"), ([], "is empty"),
  ])
  func otherFilesAreNamed(_ bytes: [UInt8], _ reason: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, "data")
    #expect(throws: FileError(path: path, reason: reason)) { try ArchiveFile.open(path) }
    withExtendedLifetime(folder) {}
  }

  @Test func theFormatIsToldByTheContents() throws {
    let folder = try TemporaryFolder()
    let tar = try folder.write(TarText([Entry("a", [1])]).bytes, "data.zip")
    #expect(try ArchiveFile.open(tar) is TarArchive)
    let zip = try folder.write(ZipArchiveTests.good.bytes, "data.tar")
    #expect(try ArchiveFile.open(zip) is ZipArchive)
  }
}
