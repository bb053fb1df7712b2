import DataSchema
import Files
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Folders of images with what nobody can read, with links that lead nowhere or back, and that change while they
/// are read.
struct HostileFolderTests {
  private let folder: TemporaryFolder
  private let cache: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    cache = try TemporaryFolder()
    for name in ["a/1.png", "a/2.png", "b/1.png", "b/2.png"] { try add(name) }
  }

  private func add(_ name: String) throws {
    try AtomicFile.createFolder(folder.path + "/" + name.prefix { $0 != "/" })
    try folder.write(
      ImageFolderTests.png(UInt8(name.utf8.reduce(0) { ($0 + Int($1)) % 251 })), name)
  }

  private func index() throws -> ImageIndex {
    try ImageIndex.build(ImageFiles(folder.path), decodes: false, threads: 2)
  }

  private func broken() throws -> [String] {
    try index().summary.broken.map { "\($0.path): \($0.reason)" }
  }

  /// The bytes of a name that is not UTF-8; Foundation cannot write it.
  @Test func namesThatAreNotUTF8AreListed() throws {
    let path = Array("\(folder.path)/a/".utf8) + [0xFF, 0xFE] + Array(".png".utf8) + [0]
    let descriptor = open(path.map { CChar(bitPattern: $0) }, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
    #expect(try broken() == ["a/\u{FFFD}\u{FFFD}.png: its name is not valid UTF-8"])
    #expect(try index().count == 4)
  }

  @Test func pipesAndLostLinksAreListed() throws {
    try #require(mkfifo(folder.path + "/a/pipe.png", 0o600) == 0)
    try #require(symlink("/nowhere.png", folder.path + "/a/lost.png") == 0)
    try #require(symlink("round.png", folder.path + "/a/round.png") == 0)
    #expect(
      try broken() == [
        "a/lost.png: is a broken symbolic link", "a/pipe.png: is not a regular file",
        "a/round.png: is a broken symbolic link",
      ])
  }

  /// A header of a few bytes must not reserve gigabytes.
  @Test func imagesOfTooManyPixelsAreListed() throws {
    try folder.write(Array("P6\n60000 60000\n255\n".utf8), "a/bomb.ppm")
    #expect(
      try broken() == ["a/bomb.ppm: has 60000 x 60000 pixels; the limit is 200000000 pixels"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func whatMayNotBeReadIsListed() throws {
    try #require(chmod(folder.path + "/a/1.png", 0) == 0)
    try #require(chmod(folder.path + "/b", 0) == 0)
    defer { chmod(folder.path + "/b", 0o700) }
    #expect(try broken().map { $0.prefix { $0 != ":" } } == ["a/1.png", "b"])
  }

  /// Each of twelve folders links to all others: there are more than a billion ways through them.
  @Test func foldersThatLinkToEachOtherEnd() throws {
    for one in 0..<12 {
      try add("f\(one)/1.png")
      for other in 0..<12 where other != one {
        try #require(symlink("../f\(other)", folder.path + "/f\(one)/to\(other)") == 0)
      }
    }
    let error = #expect(throws: DataError.self) { try index() }
    #expect(error?.path == folder.path)
    #expect(error?.reason.contains("symbolic links lead to its folders") == true)
  }

  /// What happens to the file of the first example between the index and reading it.
  @Test(arguments: ["vanishes", "grows", "shrinks", "is replaced", "becomes a folder"])
  func aFolderThatChangesWhileItIsReadIsAnError(_ change: String) async throws {
    let dataset = try DatasetText.make(
      "image_folder: {folder: \(folder.path), test: 0.5}", in: cache)
    let data = try await dataset.acquire(environment: .empty, progress: { _ in })
    let train = try dataset.open(.train, of: data)
    for name in ["a/1.png", "a/2.png", "b/1.png", "b/2.png"] {
      let path = folder.path + "/" + name
      let bytes = try FileReading.bytes(of: path)
      try #require(unlink(path) == 0)
      switch change {
      case "grows": try folder.write(bytes + [0], name)
      case "shrinks": try folder.write(Array(bytes.dropLast(9)), name)
      case "is replaced": try folder.write(ImageFolderTests.png(240), name)
      case "becomes a folder": try AtomicFile.createFolder(path)
      default: break
      }
    }
    let error = #expect(throws: DataError.self) { try train.pictures([0]) }
    #expect(error?.path.hasPrefix(folder.path + "/") == true)
    #expect(error?.reason.isEmpty == false)
  }
}
