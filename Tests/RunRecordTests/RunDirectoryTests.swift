import ExperimentConfig
import Files
import Foundation
import RunRecord
import TestSupport
import Testing

struct RunDirectoryTests {
  private let folder: TemporaryFolder
  private let identity: Identity

  init() throws {
    folder = try TemporaryFolder()
    identity = try RunRecordTests.identity()
  }

  @Test func isNamedAfterTheRun() throws {
    let before = UTCTime.compact(UTCTime.now())
    let run = try RunDirectory.create(
      in: folder.path + "/a/runs", name: "sample", identity: identity)
    let after = UTCTime.compact(UTCTime.now())
    let name = try #require(run.path.split(separator: "/").last)
    let time = name.dropFirst("sample-".count).dropLast(7)
    #expect(name == "sample-\(time)-\(identity.short)")
    #expect(before <= String(time) && String(time) <= after)
    #expect(run.file("x") == run.path + "/x")
  }

  @Test func isCreatedForOneProcessAlone() async throws {
    let (path, identity) = (folder.path + "/runs", identity)
    let clock = ContinuousClock()
    let start = clock.now
    let paths = try await withThrowingTaskGroup { group in
      for _ in 0..<64 {
        group.addTask {
          try RunDirectory.create(in: path, name: "sample", identity: identity).path
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(paths).count == 64)
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: path)).count == 64)
    let shape = /sample-\d{8}-\d{6}-[0-9a-f]{6}/
    for path in paths {
      #expect(try shape.wholeMatch(in: path.split(separator: "/").last ?? "") != nil)
    }
    #expect(start.duration(to: clock.now) < .seconds(10))
  }

  /// `latest` goes by the name: who comes later must sort later.
  @Test func laterOnesSortLater() throws {
    let paths = try (0..<5).map { _ in
      try RunDirectory.create(in: folder.path, name: "sample", identity: identity).path
    }
    #expect(paths == paths.sorted())
  }

  /// Also where another experiment's start came in between, whose hash is another one.
  @Test func laterOnesOfOthersSortLater() throws {
    let names = try "fa09b3".map { digit in
      let hash = String(repeating: digit, count: 6)
      let path = try DatedFolder.create(in: folder.path, name: "sample", hash: hash)
      try Data().write(to: URL(filePath: path + "/run.json"))
      return String(path.split(separator: "/").last ?? "")
    }
    #expect(try RunCatalog.names(in: folder.path) == names.reversed())
  }

  @Test func saysWhereItCannotBeCreated() throws {
    let file = try folder.write([], "file")
    #expect(throws: FileError(path: file, reason: "already exists and is not a folder")) {
      try RunDirectory.create(in: file, name: "sample", identity: identity)
    }
    #expect(throws: FileError.self) {
      try RunDirectory.create(
        in: folder.path, name: String(repeating: "n", count: 240), identity: identity)
    }
  }

  @Test func writesFilesWithTheirFolders() throws {
    let run = RunDirectory(path: folder.path)
    try run.write([[65], [66]], to: "weights/deep/best")
    try run.write("text\n", to: "text")
    try run.write(json: ["b": 1, "a": 2], to: "values.json")
    #expect(try folder.text("weights/deep/best") == "AB")
    #expect(try folder.text("text") == "text\n")
    #expect(try folder.text("values.json") == "{\n  \"a\" : 2,\n  \"b\" : 1\n}\n")
    #expect(try folder.names() == ["text", "values.json", "weights"])
  }

  @Test func readsWhatItWrites() throws {
    let run = RunDirectory(path: folder.path)
    var info = sampleInfo
    info.status = .failed
    info.ended = "2026-11-23T01:20:59Z"
    info.failure = "a\nb"
    try run.write(json: info, to: "run.json")
    #expect(try JSONText.encode(run.readInfo()) == JSONText.encode(info))
    #expect(try run.readInfo().seed == 9_007_199_254_740_991)
    try run.write(json: sampleSummary, to: "summary.json")
    #expect(try JSONText.encode(run.readSummary()) == JSONText.encode(sampleSummary))
    #expect(try run.readSummary().validation["loss"]?.isNaN == true)
  }

  @Test func saysWhichFileIsDamagedAndWhere() throws {
    let run = RunDirectory(path: folder.path)
    let path = run.file("run.json")
    func reason() throws -> String {
      let error = #expect(throws: FileError.self) { try run.readInfo() }
      #expect(error?.path == path)
      return try #require(error).reason
    }
    #expect(try reason() == "cannot open it: No such file or directory")
    try run.write("{", to: "run.json")
    #expect(try reason() == "is not in the expected format: no valid JSON")
    try run.write("{}", to: "run.json")
    #expect(try reason() == "is not in the expected format: status: is missing")
    let whole = String(decoding: try JSONText.encode(sampleInfo), as: UTF8.self)
    try run.write(whole.replacing("\"threads\":2", with: "\"threads\":\"2\""), to: "run.json")
    #expect(try reason() == "is not in the expected format: threads: has the wrong type")
    try run.write(whole.replacing("\"files\":[{", with: "\"files\":[{\"path\":1,"), to: "run.json")
    #expect(throws: FileError.self) { try run.readInfo() }
    try run.write(whole.replacing("\"running\"", with: "\"dancing\""), to: "run.json")
    #expect(try reason() == "is not in the expected format: status: has an invalid value")
  }
}
