import Diagnostics
import Files
import Foundation
import RunRecord
import TestSupport
import Testing

@Suite struct RunAnnotationsTests {
  @Test func changesAreReadBack() throws {
    let folder = try TemporaryFolder()
    let root = RootedDirectory(folder.path)
    #expect(try RunAnnotations.read(in: root).isEmpty)
    let note = RunAnnotations.Note(time: "2026-11-29T10:00:00Z", text: "line\nand \"quotes\" – ✓")
    try RunAnnotations.change(in: root) { annotations in
      annotations.add(tags: ["b", "a", "b"])
      annotations.add(note)
    }
    let read = try RunAnnotations.read(in: root)
    #expect(read.tags == ["a", "b"] && read.notes == [note])
    try RunAnnotations.change(in: root) { $0.remove(tags: ["b"]) }
    #expect(try RunAnnotations.read(in: root).tags == ["a"])
    // Only the file itself is left, and not even that without annotations.
    #expect(try folder.names() == ["annotations.json"])
    let other = try TemporaryFolder()
    try RunAnnotations.change(in: RootedDirectory(other.path)) { $0.add(tags: ["a"]) }
    try RunAnnotations.change(in: RootedDirectory(other.path)) { $0.remove(tags: ["a"]) }
    #expect(try other.names().isEmpty)
  }

  @Test func concurrentChangesAreAllKept() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask {
          try RunAnnotations.change(in: RootedDirectory(path)) { $0.add(tags: ["tag\(number)"]) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try RunAnnotations.read(in: RootedDirectory(path)).tags.count == 20)
  }

  @Test func damageNamesTheFileAndIsNotOverwritten() throws {
    let folder = try TemporaryFolder()
    let root = RootedDirectory(folder.path)
    for text in [
      "{", "{\"format\": 2, \"tags\": [], \"notes\": []}",
      "{\"format\": 1, \"tags\": [\"a b\"], \"notes\": []}",
    ] {
      try folder.write(Array(text.utf8), "annotations.json")
      let error = try #require(throws: FileError.self) {
        try RunAnnotations.change(in: root) { $0.add(tags: ["x"]) }
      }
      #expect(error.path == folder.path + "/annotations.json")
      #expect(try folder.text("annotations.json") == text)
    }
  }

  @Test func tagsThatMeanSomethingElseAreRefused() throws {
    for tag in ["a", "lr-1e-3", "v1.0", "für_später"] { #expect(RunTag.problem(of: tag) == nil) }
    for tag in ["", "a b", "a/b", "-x", ".x", "latest", "latest~1", "sweep", "a,b", "a*"] {
      #expect(RunTag.problem(of: tag) != nil, "\(tag)")
      #expect(throws: InputError.self) { try RunTag.check(["good", tag]) }
    }
    #expect(RunTag.problem(of: String(repeating: "x", count: 65)) != nil)
  }

  @Test func theManifestDoesNotListThem() throws {
    let folder = try TemporaryFolder()
    let run = RunDirectory(path: folder.path)
    try run.write("x", to: "summary.json")
    try run.write("x", to: "fold-1/summary.json")
    let before = try Manifest.write(for: run)
    try RunAnnotations.change(in: run.folder) { $0.add(tags: ["good"]) }
    try RunAnnotations.change(in: run.part("fold-1").folder) { $0.add(tags: ["good"]) }
    #expect(try Manifest.write(for: run) == before)
  }

  @Test func aTagNamesARun() throws {
    let folder = try TemporaryFolder()
    for name in ["a-20261128-100000-aaaaaa", "b-20261128-100001-bbbbbb"] {
      try AtomicFile.createFolder("\(folder.path)/\(name)")
      try RunDirectory(path: "\(folder.path)/\(name)").write("{}", to: "run.json")
    }
    let sweep = RootedDirectory(folder.path + "/c-sweep-20261128-100002-cccccc")
    try AtomicFile.createFolder(folder.path + "/c-sweep-20261128-100002-cccccc")
    try sweep.write("{}", to: "sweep.json")
    func tag(_ name: String, _ tag: String) throws {
      try RunAnnotations.change(in: RootedDirectory("\(folder.path)/\(name)")) {
        $0.add(tags: [tag])
      }
    }
    try tag("a-20261128-100000-aaaaaa", "baseline")
    try tag("a-20261128-100000-aaaaaa", "both")
    try tag("b-20261128-100001-bbbbbb", "both")
    try tag("c-sweep-20261128-100002-cccccc", "search")
    #expect(try RunReference.resolve("baseline", in: folder.path).name.hasPrefix("a-"))
    #expect(try RunReference.resolveTarget("baseline", in: folder.path).path.hasSuffix("aaaaaa"))
    #expect(try RunReference.resolveTarget("search", in: folder.path).path == sweep.path)
    #expect(try RunReference.resolveUnique("baseline", in: folder.path).path.hasSuffix("aaaaaa"))
    // Names come first.
    try tag("b-20261128-100001-bbbbbb", "a-2026")
    #expect(try RunReference.resolve("a-2026", in: folder.path).name.hasPrefix("a-"))
    let several = try #require(throws: InputError.self) {
      _ = try RunReference.resolveTarget("both", in: folder.path)
    }
    #expect(several.diagnostics.first?.notes.count == 2)
    #expect(throws: InputError.self) {
      _ = try RunReference.resolveUnique("both", in: folder.path)
    }
    let error = try #require(throws: InputError.self) {
      _ = try RunReference.resolve("search", in: folder.path)
    }
    #expect(error.diagnostics.first?.message.contains("is a sweep, not a run") ?? false)
  }
}
