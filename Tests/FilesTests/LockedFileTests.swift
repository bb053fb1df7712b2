import Files
import Foundation
import Glibc
import TestSupport
import Testing

struct LockedFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/file"
  }

  private func open(_ access: LockedFile.Access = .readWrite) throws -> LockedFile {
    try #require(try LockedFile(path, access))
  }

  @Test func manyShareAndOneExcludes() throws {
    let (first, second) = (try open(), try open())
    #expect(try first.tryLock(.shared))
    #expect(try second.tryLock(.shared))
    #expect(try !first.tryLock(.exclusive))
    try second.lock(.shared)
    let third = try open(.read)
    #expect(try !third.tryLock(.exclusive))
    #expect(try third.tryLock(.shared))
  }

  @Test func theLockEndsWithItsHolder() throws {
    var first: LockedFile? = try open()
    try first?.lock(.exclusive)
    let second = try open()
    #expect(try !second.tryLock(.shared))
    first = nil
    #expect(first == nil)
    #expect(try second.tryLock(.exclusive))
  }

  @Test func aMissingFileIsCreatedForWritingOnly() throws {
    #expect(try LockedFile(path, .read) == nil)
    #expect(try LockedFile(path, .update) == nil)
    #expect(try folder.names() == [])
    let file = try open()
    #expect(try folder.names() == ["file"])
    #expect(try file.isStillNamed())
  }

  @Test func whetherTheNameLeadsToTheFile() throws {
    let file = try open()
    #expect(rename(path, path + "2") == 0)
    #expect(try !file.isStillNamed())
    _ = try open()
    #expect(try !file.isStillNamed())
  }

  @Test func readsAndWritesAnywhere() throws {
    let file = try open()
    let bytes: [UInt8] = [1, 2, 3]
    #expect(bytes.withUnsafeBytes { file.write($0, at: 4) } == 0)
    var found = [UInt8](repeating: 9, count: 5)
    let count = try found.withUnsafeMutableBytes { try file.read(at: 3, into: $0) }
    #expect(count == 4)
    #expect(found == [0, 1, 2, 3, 9])
    #expect(try bytes.withUnsafeBytes { try open(.read).write($0, at: 0) } == EBADF)
  }

  @Test func onlyRegularFilesAreOpened() throws {
    let target = try folder.write([], "target")
    #expect(symlink(target, path) == 0)
    #expect(
      throws: FileError(path: path, reason: "expected a file, found a symbolic link")
    ) { try LockedFile(path, .readWrite) }
    #expect(
      throws: FileError(path: folder.path, reason: "is not a regular file")
    ) { try LockedFile(folder.path, .read) }
    #expect(throws: FileError.self) { try LockedFile(path + "\0x", .read) }
    #expect(throws: FileError.self) { try LockedFile(target + "/below", .readWrite) }
  }
}
