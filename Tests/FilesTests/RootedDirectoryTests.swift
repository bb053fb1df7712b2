import Files
import Foundation
import Glibc
import TestSupport
import Testing

/// A directory that somebody else has made leads nowhere else.
struct RootedDirectoryTests {
  private let folder: TemporaryFolder
  private let directory: RootedDirectory
  private let outside: String

  init() throws {
    folder = try TemporaryFolder()
    directory = RootedDirectory(folder.path + "/run")
    try AtomicFile.createFolder(folder.path + "/run/inner")
    try AtomicFile.createFolder(folder.path + "/elsewhere")
    outside = try folder.write(Array("years of work\n".utf8), "elsewhere/thesis")
  }

  @Test func aFileWithSeveralNamesIsCountedOnce() throws {
    try directory.write("123", to: "inner/a")
    try directory.write("12345", to: "b")
    #expect(try directory.hardLink("b", of: directory, to: "inner/c"))
    #expect(try directory.hardLink("b", of: directory, to: "inner/c") == false)
    #expect(try directory.usedBytes() == 8 && directory.freedBytes() == 8)
    try AtomicFile.createFolder(folder.path + "/other")
    let other = RootedDirectory(folder.path + "/other")
    #expect(try other.hardLink("b", of: directory, to: "d"))
    #expect(try directory.links(of: "b")?.count == 3 && directory.links(of: "x") == nil)
    #expect(try directory.links(of: "b")?.file == other.links(of: "d")?.file)
    // The other directory still has it.
    #expect(try directory.usedBytes() == 8 && directory.freedBytes() == 3)
    #expect(try directory.usedBytes(counting: { $0 != "b" && $1 == 1 }) == 3)
    #expect(try directory.nameCounts().values.sorted() == [1, 2])
  }

  private func isUntouched() throws -> Bool {
    try folder.text("elsewhere/thesis") == "years of work\n"
      && FileManager.default.contentsOfDirectory(atPath: folder.path + "/elsewhere") == ["thesis"]
  }

  /// Everything that can be done with a name.
  private static var operations: [(String, (RootedDirectory, String) throws -> Void)] {
    [
      ("bytes", { _ = try $0.bytes(of: $1) }), ("open", { _ = try $0.open($1) }),
      ("write", { try $0.write("x", to: $1) }), ("create", { try $0.create([[1]], $1) }),
      ("createFolder", { try $0.createFolder($1) }),
      ("createNewFolder", { _ = try $0.createNewFolder($1) }), ("remove", { try $0.remove($1) }),
      ("kind", { _ = try $0.kind(of: $1) }), ("names", { _ = try $0.names(in: $1) }),
      ("rename", { try $0.rename("file", to: $1) }),
      ("continue", { _ = try AppendedFile(continuing: $1, in: $0, at: 0) }),
      ("append", { _ = try AppendedFile(creating: $1, in: $0) }),
      ("lock", { _ = try LockedFile($1, in: $0, .readWrite) }),
      ("link", { try $0.link("file", of: $0, to: $1) }),
      ("hardLink", { _ = try $0.hardLink("file", of: $0, to: $1) }),
      ("makeReadOnly", { try $0.makeReadOnly($1) }), ("links", { _ = try $0.links(of: $1) }),
    ]
  }

  @Test(arguments: [
    "../elsewhere/thesis", "..", ".", "", "/etc/passwd", "inner/../../elsewhere/thesis", "a//b",
    "inner/.", "a\0b",
  ])
  func namesThatLeadElsewhere(name: String) throws {
    try directory.write("x", to: "file")
    for (operation, body) in Self.operations where name != "" || operation != "names" {
      #expect(throws: FileError.self, "\(operation)") { try body(directory, name) }
    }
    #expect(try isUntouched())
  }

  @Test func foldersThatAreLinks() throws {
    #expect(symlink(folder.path + "/elsewhere", directory.file("plots")) == 0)
    try directory.write("x", to: "file")
    let reason = "is a symbolic link, which is not followed in this directory"
    for (operation, body) in Self.operations {
      #expect(
        throws: FileError(path: directory.file("plots"), reason: reason), "\(operation)"
      ) { try body(directory, "plots/thesis") }
    }
    #expect(try isUntouched())
    #expect(try directory.kind(of: "plots") == .link)
    #expect(!directory.isFolder("plots") && !directory.isFile("plots"))
    #expect(try directory.files() == ["file"])
    // Also as a directory of its own, such as a fold.
    #expect(throws: FileError.self) { try directory.directory("plots").bytes(of: "thesis") }
    #expect(throws: FileError.self) { try directory.directory("plots").names() }
  }

  @Test func filesThatAreLinks() throws {
    #expect(symlink(outside, directory.file("metrics.jsonl")) == 0)
    for (operation, body) in Self.operations
    where ["bytes", "open", "continue", "append", "lock", "names"].contains(operation) {
      #expect(throws: FileError.self, "\(operation)") { try body(directory, "metrics.jsonl") }
    }
    #expect(try isUntouched())
    // Replacing and removing concern the link itself.
    try directory.write("new", to: "metrics.jsonl")
    #expect(try directory.bytes(of: "metrics.jsonl") == Array("new".utf8))
    #expect(symlink(outside, directory.file("other")) == 0)
    try directory.remove("other")
    #expect(try directory.kind(of: "other") == nil)
    #expect(try isUntouched())
  }

  @Test(.timeLimit(.minutes(1))) func pipesAndFoldersAreNoFiles() throws {
    #expect(mkfifo(directory.file("pipe"), 0o600) == 0)
    for (operation, body) in Self.operations
    where ["bytes", "open", "continue", "lock"].contains(operation) {
      #expect(throws: FileError.self, "\(operation)") { try body(directory, "pipe") }
      #expect(throws: FileError.self, "\(operation)") { try body(directory, "inner") }
    }
    #expect(try directory.kind(of: "pipe") == .other)
  }

  @Test func theDirectoryItselfMayBeALink() throws {
    #expect(symlink(directory.path, folder.path + "/link") == 0)
    let linked = RootedDirectory(folder.path + "/link")
    try linked.write("x", to: "deep/down/file")
    #expect(try directory.bytes(of: "deep/down/file") == Array("x".utf8))
    #expect(try linked.names() == ["deep", "inner"])
    let below = RootedDirectory(folder.path + "/link/deep", below: folder.path + "/link")
    #expect(below.root == linked.path)
    #expect(try below.names() == ["down"])
  }

  @Test func removingATreeFollowsNoLink() throws {
    try directory.write("x", to: "tree/a/b/file")
    #expect(symlink(folder.path + "/elsewhere", directory.file("tree/a/link")) == 0)
    #expect(symlink(outside, directory.file("tree/thesis")) == 0)
    // A name that is no UTF-8.
    #expect(mkdir(directory.file("tree/a").utf8CString.dropLast() + [47, -1, 0], 0o777) == 0)
    try directory.remove("tree")
    #expect(try directory.names() == ["inner"])
    #expect(try isUntouched())
    try directory.remove("nothing/at/all")
  }

  // MARK: Files with several names

  @Test func appendingToAFileWithASecondName() throws {
    #expect(link(outside, directory.file("log.txt")) == 0)
    let file = try AppendedFile(continuing: "log.txt", in: directory)
    try file.append(line: "more".utf8)
    #expect(try directory.bytes(of: "log.txt") == Array("years of work\nmore\n".utf8))
    #expect(try isUntouched())
  }

  @Test func cuttingAFileWithASecondName() throws {
    #expect(link(outside, directory.file("losses.bin")) == 0)
    let file = try AppendedFile(continuing: "losses.bin", in: directory, at: 5)
    #expect(file.length == 5)
    #expect(try directory.bytes(of: "losses.bin") == Array("years".utf8))
    #expect(try isUntouched())
  }

  @Test func aFileIsNeverFilledUp() throws {
    try directory.write("12345", to: "metrics.jsonl")
    let reason = "has 5 bytes, fewer than the 6 that were written"
    #expect(throws: FileError(path: directory.file("metrics.jsonl"), reason: reason)) {
      _ = try AppendedFile(continuing: "metrics.jsonl", in: directory, at: 6)
    }
    #expect(try directory.bytes(of: "metrics.jsonl") == Array("12345".utf8))
    #expect(throws: FileError.self) {
      _ = try AppendedFile(continuing: "gone", in: directory, at: 1)
    }
  }

  @Test func linkingGivesASecondName() throws {
    try directory.write("x", to: "a/file")
    try AtomicFile.createFolder(folder.path + "/other")
    let other = RootedDirectory(folder.path + "/other")
    try AtomicFile.createFolder(other.path)
    try other.link("a/file", of: directory, to: "b/c/file")
    #expect(try other.bytes(of: "b/c/file") == Array("x".utf8))
    // What is written to one name does not change the other.
    try other.write("y", to: "b/c/file")
    #expect(try directory.bytes(of: "a/file") == Array("x".utf8))
  }
}

/// Files that the system makes up have no size.
struct GeneratedFileTests {
  @Test(arguments: [
    "/proc/sys/kernel/random/boot_id", "/proc/self/status", "/proc/cpuinfo", "/proc/meminfo",
  ])
  func areRead(path: String) throws {
    let bytes = try FileReading.bytes(of: path)
    #expect(!bytes.isEmpty)
    let file = try OpenedFile(path)
    #expect(file.size > 0)
    #expect(try file.bytes(at: 0..<4) == Array(bytes[..<4]))
  }

  @Test func keepToTheLimitAndHaveAHash() throws {
    let path = "/proc/sys/kernel/random/boot_id"
    #expect(try FileReading.bytes(of: path).count == 37)
    #expect(throws: FileError(path: path, reason: "is larger than 10 bytes")) {
      try FileReading.bytes(of: path, limit: 10)
    }
    #expect(try Digest.hex(ofFile: path) == Digest.hex(of: FileReading.bytes(of: path)))
  }
}
