import Files
import Foundation
import TestSupport
import Testing

struct AppendedFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func appendsLines() throws {
    let file = try AppendedFile(creating: "log", in: RootedDirectory(folder.path))
    try file.append(line: "one".utf8)
    try file.append(line: [])
    try file.append(line: Array("three".utf8))
    try file.synchronize()
    #expect(try folder.text("log") == "one\n\nthree\n")
  }

  @Test func isCreatedOnce() throws {
    let path = folder.path + "/log"
    let first = try AppendedFile(creating: "log", in: RootedDirectory(folder.path))
    #expect(throws: FileError(path: path, reason: "cannot create it: File exists")) {
      _ = try AppendedFile(creating: "log", in: RootedDirectory(folder.path))
    }
    try first.append(line: "kept".utf8)
    #expect(try folder.text("log") == "kept\n")
  }

  @Test func saysWhyItCannotBeCreated() throws {
    let file = try folder.write([], "file")
    #expect(throws: FileError(path: file, reason: "cannot create it: Not a directory")) {
      _ = try AppendedFile(creating: "log", in: RootedDirectory(file))
    }
    let cut = folder.path + "/a\0b"
    #expect(throws: FileError(path: cut, reason: "is not a path inside \(folder.path)")) {
      _ = try AppendedFile(creating: "a\0b", in: RootedDirectory(folder.path))
    }
  }

  @Test func linesOfManyWritersStayWhole() async throws {
    nonisolated(unsafe) let file = try AppendedFile(
      creating: "log", in: RootedDirectory(folder.path))
    try await withThrowingTaskGroup { group in
      for writer in 0..<8 {
        group.addTask {
          let line = String(repeating: String(writer), count: 1 + writer * 997)
          for _ in 0..<50 { try file.append(line: line.utf8) }
        }
      }
      try await group.waitForAll()
    }
    var counts = [Int](repeating: 0, count: 8)
    for line in try folder.text("log").split(separator: "\n") {
      let writer = try #require(line.first?.wholeNumberValue)
      #expect(line.count == 1 + writer * 997 && Set(line).count == 1)
      counts[writer] += 1
    }
    #expect(counts == [Int](repeating: 50, count: 8))
  }

  @Test func aLineThatDoesNotFitIsAnError() async throws {
    let path = folder.path + "/log"
    await #expect(processExitsWith: .success) {
      [path = path as String, folder = folder.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let file = try AppendedFile(creating: "log", in: RootedDirectory(folder))
      try file.append(line: [UInt8](repeating: 65, count: 900))
      #expect(throws: FileError(path: path, reason: "cannot write it: File too large")) {
        try file.append(line: [UInt8](repeating: 66, count: 900))
      }
    }
  }
}
