import Files
import Foundation
import RunRecord
import TestSupport
import Testing

struct ManifestTests {
  private let folder: TemporaryFolder
  private let run: RunDirectory

  init() throws {
    folder = try TemporaryFolder()
    run = RunDirectory(path: folder.path)
  }

  /// The names in the manifest, in its order.
  private func names() throws -> [String] {
    try Manifest.write(for: run)
    return try folder.text(Manifest.name).split(separator: "\n").map { String($0.dropFirst(66)) }
  }

  @Test func listsWhatDependsOnTheIdentityAlone() throws {
    let listed = [
      "confusion_matrix.csv", "fold-1/metrics.jsonl", "fold-1/weights/best.safetensors",
      "metrics.jsonl", "predictions.csv", "summary.json",
      "weights/best.safetensors", "weights/last.safetensors",
    ]
    let left = [
      "MANIFEST.sha256", "plots/loss.svg", "fold-1/plots/loss.png", "experiment.yaml",
      "resolved.yaml", "run.json", "timings.jsonl", "log.txt",
      "source.patch", "report.html",
      "events.out.tfevents.1", "checkpoints/1/state", ".abc123.tmp", "weights/.xyz.tmp",
      "fold-1/timings.jsonl", "fold-1/log.txt", "fold-1/checkpoints/2", "fold-12/run.json",
      "fold-1/MANIFEST.sha256", "fold-1/events.out.tfevents.2",
    ]
    for name in (listed + left).shuffled() { try run.write(name, to: name) }
    #expect(try names() == listed)
    // Once more, the manifest being there already.
    #expect(try names() == listed)
  }

  @Test func namesThatOnlyLookExcludedAreListed() throws {
    let names = ["folder/run.json", "fold-x/log.txt", "notes.tmp", "run.json.old"]
    for name in names { try run.write(name, to: name) }
    #expect(try self.names() == names.sorted())
  }

  @Test func holdsTheHashes() throws {
    try run.write("abc", to: "abc")
    try Manifest.write(for: run)
    #expect(
      try folder.text(Manifest.name)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  abc\n")
  }

  @Test func ofAnEmptyRunIsEmpty() throws { #expect(try names() == []) }

  @Test func followsNoLinks() throws {
    let outside = try TemporaryFolder()
    try outside.write([1], "secret")
    try #require(symlink(outside.path, folder.path + "/folder") == 0)
    try #require(symlink(outside.path + "/secret", folder.path + "/file") == 0)
    try #require(symlink(folder.path, folder.path + "/itself") == 0)
    try #require(mkfifo(folder.path + "/pipe", 0o600) == 0)
    try run.write("x", to: "plain")
    #expect(try names() == ["plain"])
  }

  @Test func saysWhatItCannotRead() throws {
    let missing = RunDirectory(path: folder.path + "/missing")
    #expect(
      throws: FileError(path: missing.path, reason: "cannot list it: No such file or directory")
    ) { try Manifest.write(for: missing) }
  }

  /// `sha256sum` agrees, also with names that would break a line, and sees a changed byte.
  @Test func isReadBySha256sum() throws {
    for name in ["a", "with space", "weights/ü", "line\nbreak", "back\\slash", "cr\rx"] {
      try run.write("text of \(name)", to: name)
    }
    try Manifest.write(for: run)
    func check() throws -> Int32 {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/sha256sum")
      process.arguments = ["--check", "--strict", "--quiet", Manifest.name]
      process.currentDirectoryURL = URL(filePath: folder.path)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try folder.text(Manifest.name).split(separator: "\n").count == 6)
    #expect(try check() == 0)
    try run.write("changed", to: "weights/ü")
    #expect(try check() != 0)
  }
}
