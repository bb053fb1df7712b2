import Files
import Foundation
import TestSupport
import Testing

struct FileReadingTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func readsTheWholeFile() throws {
    #expect(try FileReading.bytes(of: folder.write([], "empty")) == [])
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try FileReading.bytes(of: folder.write(bytes, "file")) == bytes)
  }

  @Test func keepsToTheLimit() throws {
    let path = try folder.write([1, 2, 3], "file")
    #expect(try FileReading.bytes(of: path, limit: 3) == [1, 2, 3])
    #expect(throws: FileError(path: path, reason: "is larger than 2 bytes")) {
      try FileReading.bytes(of: path, limit: 2)
    }
  }

  /// A terabyte that takes no room on the disk must take none in memory.
  @Test func refusesAHugeFileWithoutReadingIt() throws {
    let path = try folder.write([], "sparse")
    try #require(truncate(path, 1 << 40) == 0)
    #expect(throws: FileError(path: path, reason: "is larger than \(1 << 34) bytes")) {
      try FileReading.bytes(of: path)
    }
  }

  @Test func saysWhatIsWrong() throws {
    let pipe = folder.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    let loop = folder.path + "/loop"
    try #require(symlink(loop, loop) == 0)
    let file = try folder.write([1], "file")
    let cases = [
      (folder.path + "/missing", "cannot open it: No such file or directory"),
      (file + "/below", "cannot open it: Not a directory"),
      (loop, "cannot open it: Too many levels of symbolic links"),
      (folder.path, "expected a file, found a folder"),
      (pipe, "is not a regular file"),
      ("/dev/zero", "is not a regular file"),
      (file + "\0ignored", "a file name cannot contain a NUL byte"),
      ("", "cannot open it: No such file or directory"),
    ]
    for (path, reason) in cases {
      #expect(throws: FileError(path: path, reason: reason)) { try FileReading.bytes(of: path) }
    }
  }

  @Test func noticesAFileThatIsCut() throws {
    let path = try folder.write([1, 2, 3, 4], "file")
    let file = try OpenedFile(path)
    try #require(truncate(path, 2) == 0)
    #expect(try file.bytes(at: 0..<2) == [1, 2])
    #expect(throws: FileError(path: path, reason: "was truncated while it was being read")) {
      try file.bytes(at: 1..<4)
    }
  }

  @Test func readsAPart() throws {
    let file = try OpenedFile(folder.write([1, 2, 3, 4], "file"))
    #expect(file.size == 4)
    #expect(try file.bytes(at: 1..<3) == [2, 3])
    #expect(try file.bytes(at: 4..<4) == [])
  }

  @Test func describesItself() {
    #expect("\(FileError(path: "a/b", reason: "is empty"))" == "a/b: is empty")
    #expect(
      "\(FileError(path: "a", attempt: "open it", code: EACCES))"
        == "a: cannot open it: Permission denied")
  }
}
