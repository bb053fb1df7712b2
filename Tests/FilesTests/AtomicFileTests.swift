import Files
import Foundation
import TestSupport
import Testing

struct AtomicFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func writesPiecesOneAfterTheOther() throws {
    let path = folder.path + "/file"
    try AtomicFile.write([[1, 2], [], [3]], to: path)
    #expect(try folder.read("file") == [1, 2, 3])
    try AtomicFile.write([UInt8](), to: path)
    #expect(try folder.read("file") == [])
    #expect(try folder.names() == ["file"])
  }

  @Test func replacesAFile() throws {
    let path = try folder.write(Array(repeating: 7, count: 100_000), "file")
    try AtomicFile.write("new", to: path)
    #expect(try folder.text("file") == "new")
    #expect(try folder.names() == ["file"])
  }

  /// Whoever has the old file open goes on reading the old one.
  @Test func leavesTheReplacedFileAsItWas() throws {
    let path = try folder.write([1, 2, 3], "file")
    let old = try OpenedFile(path)
    try AtomicFile.write([9], to: path)
    #expect(try old.bytes(at: 0..<3) == [1, 2, 3])
  }

  @Test func replacesALinkAndNotWhatItPointsTo() throws {
    let target = try folder.write([1], "target")
    let link = folder.path + "/link"
    #expect(symlink(target, link) == 0)
    try AtomicFile.write([2], to: link)
    #expect(try folder.read("target") == [1])
    #expect(try folder.read("link") == [2])
  }

  @Test func takesTheLongestNameThereIs() throws {
    let name = String(repeating: "n", count: 255)
    try AtomicFile.write("x", to: folder.path + "/" + name)
    #expect(try folder.names() == [name])
    let tooLong = folder.path + "/" + name + "n"
    #expect(
      throws: FileError(path: tooLong, reason: "cannot rename it: File name too long")
    ) { try AtomicFile.write("x", to: tooLong) }
    #expect(try folder.names() == [name])
  }

  @Test func saysWhatIsWrongWithTheFolder() throws {
    let file = try folder.write([], "file")
    let cases = [
      ("\(folder.path)/missing/file", "cannot create a file beside it: No such file or directory"),
      ("\(file)/below", "cannot create a file beside it: Not a directory"),
      ("/proc/runner", "cannot create a file beside it: No such file or directory"),
      ("\(folder.path)/file\0x", "a file name cannot contain a NUL byte"),
    ]
    for (path, reason) in cases {
      #expect(throws: FileError(path: path, reason: reason)) { try AtomicFile.write("x", to: path) }
    }
    #expect(try folder.names() == ["file"])
  }

  @Test func doesNotReplaceAFolder() throws {
    let path = folder.path + "/folder"
    try AtomicFile.createFolder(path + "/inner")
    #expect(throws: FileError(path: path, reason: "cannot rename it: Is a directory")) {
      try AtomicFile.write("x", to: path)
    }
    #expect(try folder.names() == ["folder"])
  }

  /// A disk that is full half way through, played by a limit on the size of files.
  @Test func leavesTheOldFileWhereTheNewOneDoesNotFit() async throws {
    let path = try folder.write([1, 2, 3], "file")
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #expect(throws: FileError(path: path, reason: "cannot write it: File too large")) {
        try AtomicFile.write(
          [[UInt8](repeating: 0, count: 800), [UInt8](repeating: 0, count: 800)], to: path)
      }
    }
    #expect(try folder.read("file") == [1, 2, 3])
    #expect(try folder.names() == ["file"])
  }

  @Test func appendSaysThatTheDiskIsFull() {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    #expect(throws: FileError(path: "here", reason: "cannot write it: No space left on device")) {
      try AtomicFile.append([1, 2], to: descriptor, path: "here")
    }
  }

  /// Readers of a file that is written over and over never see half of it.
  @Test func isNeverSeenHalf() async throws {
    let path = folder.path + "/file"
    let size = 200_000
    try AtomicFile.write([UInt8](repeating: 0, count: size), to: path)
    try await withThrowingTaskGroup { group in
      for writer in 1...2 {
        group.addTask {
          for _ in 0..<15 {
            try AtomicFile.write([UInt8](repeating: UInt8(writer), count: size), to: path)
          }
        }
      }
      group.addTask {
        for _ in 0..<60 {
          let bytes = try FileReading.bytes(of: path)
          #expect(bytes.count == size && Set(bytes).count == 1)
        }
      }
      try await group.waitForAll()
    }
    #expect(try folder.names() == ["file"])
  }
}

struct CreateFolderTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: ["a", "a/b/c", "b/", "c//d", "e/./f"])
  func createsWhatIsMissing(_ name: String) throws {
    let path = folder.path + "/" + name
    for _ in 1...2 {
      try AtomicFile.createFolder(path)
      var isFolder: ObjCBool = false
      #expect(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder))
      #expect(isFolder.boolValue)
    }
  }

  @Test func takesALinkToAFolder() throws {
    let link = folder.path + "/link"
    #expect(symlink(folder.path, link) == 0)
    try AtomicFile.createFolder(link)
  }

  @Test func saysWhyItCannot() throws {
    let file = try folder.write([], "file")
    let dangling = folder.path + "/dangling"
    #expect(symlink("/nowhere/at/all", dangling) == 0)
    let long = folder.path + "/" + String(repeating: "n", count: 256)
    let cases = [
      (file, "already exists and is not a folder"),
      (dangling, "already exists and is not a folder"),
      (file + "/below", "cannot create it: Not a directory"),
      (long, "cannot create it: File name too long"),
      ("/proc/runner", "cannot create it: No such file or directory"),
      ("", "cannot create it: No such file or directory"),
      (folder.path + "/a\0b", "a file name cannot contain a NUL byte"),
    ]
    for (path, reason) in cases {
      #expect(throws: FileError(path: path, reason: reason)) { try AtomicFile.createFolder(path) }
    }
  }

  @Test func createsANewFolderOnce() async throws {
    let path = folder.path + "/new"
    let wins = await withTaskGroup { group in
      for _ in 0..<32 { group.addTask { (try? AtomicFile.createNewFolder(path)) == true } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(wins == 1)
  }

  @Test func isCreatedByManyAtOnce() async throws {
    let path = folder.path + "/a/b/c/d"
    try await withThrowingTaskGroup { group in
      for _ in 0..<32 { group.addTask { try AtomicFile.createFolder(path) } }
      try await group.waitForAll()
    }
  }
}
