import Files
import Foundation
import Glibc
import RunRecord
import TestSupport
import Testing

/// Frozen weights that the runs of a folder store once.
struct SharedWeightsTests {
  private static let name = "weights/frozen.safetensors"
  private let folder: TemporaryFolder
  private let runs: RootedDirectory

  init() throws {
    folder = try TemporaryFolder()
    runs = RootedDirectory(folder.path + "/runs")
    try AtomicFile.createFolder(runs.path)
  }

  /// A run with a record, so that its folds are found to be folds.
  private func run(_ place: String) throws -> RunDirectory {
    try runs.write("{}", to: "\(place)/run.json")
    return RunDirectory(path: runs.file(place))
  }

  @discardableResult
  private func write(_ text: String, to run: RunDirectory) throws -> String {
    try SharedWeights(for: run).write([Array(text.utf8)], to: Self.name, in: run)
  }

  private func file(_ run: RunDirectory) throws -> UInt64? {
    try run.folder.links(of: Self.name)?.file
  }

  @Test func runsFoldsAndTrialsShareAFile() throws {
    try runs.write("{}", to: "sweep/sweep.json")
    let places = ["a", "b", "b/fold-1", "sweep/trials/t", "sweep/trials/t/fold-2"]
    let all = try places.map(run)
    let hashes = try all.map { try write("frozen", to: $0) }
    #expect(Set(hashes) == [Digest.hex(of: Array("frozen".utf8))])
    #expect(try runs.names(in: SharedWeights.folder) == [hashes[0] + ".safetensors"])
    #expect(try Set(all.map { try file($0) }).count == 1)
    #expect(try all[0].folder.links(of: Self.name)?.count == 6)
    #expect(try all[3].bytes(of: Self.name) == Array("frozen".utf8))
    // What several runs have cannot be written to by mistake.
    var status = stat()
    #expect(stat(all[0].file(Self.name), &status) == 0 && status.st_mode & 0o222 == 0)
    // Other contents are another file.
    try write("others", to: all[0])
    #expect(try file(all[0]) != file(all[1]))
    #expect(try runs.names(in: SharedWeights.folder).count == 2)
  }

  @Test func aDamagedFileIsNotShared() throws {
    let (first, second, third) = (try run("a"), try run("b"), try run("c"))
    let hash = try write("frozen", to: first)
    let stored = runs.file("\(SharedWeights.folder)/\(hash).safetensors")
    #expect(chmod(stored, 0o644) == 0)
    let descriptor = open(stored, O_WRONLY | O_TRUNC)
    #expect(Glibc.write(descriptor, "wrong!", 6) == 6)
    close(descriptor)
    try write("frozen", to: second)
    #expect(try second.bytes(of: Self.name) == Array("frozen".utf8))
    #expect(try first.bytes(of: Self.name) == Array("wrong!".utf8))
    try write("frozen", to: third)
    #expect(try file(third) == file(second))
  }

  @Test func aRunWithoutAStoreHasAFileOfItsOwn() throws {
    let run = try run("a")
    // Nothing can be stored here.
    try runs.write("a file", to: SharedWeights.folder)
    try write("frozen", to: run)
    #expect(try run.bytes(of: Self.name) == Array("frozen".utf8))
    #expect(try runs.bytes(of: SharedWeights.folder) == Array("a file".utf8))
    #expect(try SharedWeights.unused(in: runs.path).isEmpty)
  }

  @Test func aFileIsUnusedWithoutRuns() throws {
    let (first, second) = (try run("a"), try run("b"))
    #expect(try SharedWeights.unused(in: runs.path).isEmpty)
    let hash = try write("frozen", to: first) + ".safetensors"
    try write("frozen", to: second)
    #expect(try SharedWeights.unused(in: runs.path).isEmpty)
    try runs.remove("a")
    #expect(try SharedWeights.unused(in: runs.path).isEmpty)
    let found = try SharedWeights.unused(in: runs.path, besides: [second.folder])
    #expect(found.map(\.path) == [runs.file("\(SharedWeights.folder)/\(hash)")])
    #expect(found.map(\.bytes) == [6])
    #expect(try SharedWeights.remove(hash, in: runs.path) == false)
    try runs.remove("b")
    #expect(try SharedWeights.unused(in: runs.path).map(\.bytes) == [6])
    #expect(try SharedWeights.remove(hash, in: runs.path))
    #expect(try runs.names(in: SharedWeights.folder).isEmpty)
  }
}
