import Archives
import Files
import TestSupport
import Testing

/// Zip files that lie or that lead elsewhere.
struct HostileZipTests {
  /// The reason why an archive is refused, or why its second and third members cannot be read.
  private func reason(_ change: (inout ZipText) -> Void) throws -> String? {
    let folder = try TemporaryFolder()
    var text = ZipArchiveTests.good
    change(&text)
    let path = try folder.write(text.bytes, "data.zip")
    do throws(FileError) {
      let archive = try ZipArchive(path)
      for member in archive.members where !member.isDirectory { _ = try archive.read(member) }
      return nil
    } catch {
      #expect(error.path == path)
      return error.reason
    }
  }

  @Test(arguments: [
    "../x", "/x", "a/../../x", "a//x", "./x", "a\\x", "..\\x", "x\u{0}y", "x\u{1B}y", "", "..",
  ])
  func namesThatLeadElsewhereAreRefused(_ name: String) throws {
    let shown = FileError.quoted(name)
    #expect(
      try reason { $0.entries.append(ZipText.Entry(name, [1])) }
        == "its entry \(shown) has an invalid name")
  }

  @Test(arguments: ["a/stored.bin", "a"])
  func duplicateNamesAreRefused(_ name: String) throws {
    #expect(
      try reason { $0.entries.append(ZipText.Entry(name, [1])) }
        == "it has the entry '\(name)' twice")
  }

  @Test func overlappingEntriesAreRefused() throws {
    let overlap = "entries of its zip directory overlap"
    #expect(
      try reason {
        var alias = $0.entries[1]
        alias.isAlias = true
        alias.name = "b/stored.bin"
        alias.offset = 32
        $0.entries.append(alias)
      } == overlap)
    // The first file claims all that follows it as an extra field of its header and as its contents.
    #expect(
      try reason {
        $0.entries[1].size = 130
        $0.entries[1].packed = 130
      } == overlap)
  }

  @Test func wrongSizesAreFound() throws {
    let disagree = "the two headers of its entry 'a/stored.bin' disagree"
    #expect(
      try reason {
        $0.entries[1].size = 50
        $0.entries[1].packed = 50
      } == disagree)
    #expect(
      try reason { $0.entries[1].size = 4_000_000_000 }
        == "its entry 'a/stored.bin' is stored uncompressed, but has the sizes 100 and 4000000000")
    #expect(try reason { $0.entries[1].localSize = 7 } == disagree)
    #expect(
      try reason { $0.entries[2].size = 23 }
        == "its entry 'a/packed.bin' is damaged: it does not unpack to 23 bytes")
    #expect(
      try reason { $0.entries[2].size = 25 }
        == "its entry 'a/packed.bin' is damaged: it does not unpack to 25 bytes")
    #expect(
      try reason { $0.entries[1].offset = 4_000_000_000 }
        == "its entry 'a/stored.bin' claims 100 bytes at 4000000000, which reach into the zip directory"
    )
  }

  @Test func damageIsFound() throws {
    #expect(
      try reason {
        $0.entries[1].checksum = 1
        $0.entries[1].localChecksum = 1
      } == "its entry 'a/stored.bin' is damaged: its CRC-32 is wrong")
    #expect(
      try reason { $0.entries[2].pack([0xFF, 0xFF, 0xFF], size: 24) }
        == "its entry 'a/packed.bin' is damaged: it cannot be unpacked")
    #expect(
      try reason {
        $0.entries[2].pack(ZipArchiveTests.deflated + [0], size: 24)
      } == "its entry 'a/packed.bin' is damaged: it cannot be unpacked")
  }

  @Test func bombsAreRefusedBeforeMemoryIsTaken() throws {
    let folder = try TemporaryFolder()
    var text = ZipArchiveTests.good
    text.entries[2].pack([1], size: 4_000_000_000)
    let archive = try ZipArchive(folder.write(text.bytes, "bomb.zip"))
    let member = archive.members[2]
    #expect(throws: archive.error("has 4000000000 bytes; the limit is 1073741824")) {
      try archive.read(member)
    }
    let impossible = archive.error("is damaged: 1 bytes cannot unpack to 4000000000")
    #expect(throws: impossible) { try archive.read(member, limit: .max) }
    #expect(throws: impossible) { try archive.read(member, first: 10) }
  }

  /// What cannot be read is listed, so that the rest of the archive can be used.
  @Test func membersThatCannotBeReadSayWhy() throws {
    let folder = try TemporaryFolder()
    var text = ZipArchiveTests.good
    text.entries[1].flags |= 1
    text.entries[2].method = 14
    let archive = try ZipArchive(folder.write(text.bytes, "data.zip"))
    let obstacles = [
      nil, "is encrypted or uses an unsupported feature",
      "is compressed with the unsupported method 14",
    ]
    #expect(archive.members.map(\.obstacle) == obstacles)
    #expect(archive.members[2].method == .unknown(14))
    for (member, obstacle) in zip(archive.members, obstacles) {
      let error = FileError(
        path: archive.path, reason: "its entry '\(member.name)' \(obstacle ?? "is a directory")")
      #expect(throws: error) { try archive.read(member) }
      #expect(throws: error) { try archive.read(member, first: 1) }
    }
  }

  /// Names in the code page of DOS are not guessed at.
  @Test func aNameThatIsNotUTF8IsAnObstacle() throws {
    let folder = try TemporaryFolder()
    var bytes = ZipText([
      ZipText.Entry("x??.png", [1, 2]), ZipText.Entry("y.png", [3]),
    ]).bytes
    while let place = bytes.firstRange(of: Array("??".utf8)) {
      bytes.replaceSubrange(place, with: [0x81, 0x82])
    }
    let archive = try ZipArchive(folder.write(bytes, "data.zip"))
    #expect(archive.members.map(\.obstacle) == ["has a name that is not UTF-8", nil])
    #expect(archive.members[0].name == "x\u{FFFD}\u{FFFD}.png")
    #expect(archive["x\u{FFFD}\u{FFFD}.png"] == nil)
    #expect(try archive.read(archive.members[1]) == [3])
  }

  /// Wherever a file is cut or changed, it is refused or reads as what it says.
  @Test func survivesEveryCutAndChangedByte() throws {
    let folder = try TemporaryFolder()
    let whole = ZipArchiveTests.good.bytes
    func read(_ bytes: [UInt8]) throws -> [[UInt8]]? {
      let path = try folder.write(bytes, "data.zip")
      do throws(FileError) {
        let archive = try ZipArchive(path)
        var contents: [[UInt8]] = []
        for member in archive.members where !member.isDirectory {
          contents.append(try archive.read(member, limit: 1 << 20))
        }
        return contents
      } catch {
        #expect(error.path == path)
        return nil
      }
    }
    let right = try #require(try read(whole))
    for count in whole.indices { #expect(try read(Array(whole[..<count])) == nil) }
    for place in whole.indices {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[place] ^= change
        if let contents = try read(bytes) {
          #expect(contents.allSatisfy { right.contains($0) || $0.isEmpty })
        }
      }
    }
  }
}

extension ZipArchive {
  /// An error about the deflated member.
  fileprivate func error(_ reason: String) -> FileError {
    FileError(path: path, reason: "its entry 'a/packed.bin' \(reason)")
  }
}
