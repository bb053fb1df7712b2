import FoundationEssentials
import Glibc
import Orchestration
import TestSupport
import Testing

/// Which files `runner check --watch` looks at, and what counts as a change.
@Suite struct WatchedFilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, _ name: String) throws {
    try folder.write(Array(text.utf8), name)
  }

  private func watched(_ overrides: [String] = [], keeping: WatchedFiles? = nil) -> WatchedFiles {
    WatchedFiles(folder.path + "/net.yaml", overrides: overrides, keeping: keeping)
  }

  @Test func whatTheFilesNameIsWatched() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/sub", withIntermediateDirectories: true)
    try write("extends: sub/base.yaml\nseed: 1\n", "net.yaml")
    try write(
      "extends: ../net.yaml\ndata: {dataset: {image_folder: pets}, split: {groups: /g.txt}}\n",
      "sub/base.yaml")
    let paths = watched(["weights=\(folder.path)/w.pth", "~cache", "lr=1e-3"]).paths
    for name in ["net.yaml", "sub/base.yaml", "sub/pets", "w.pth"] {
      #expect(paths.contains("\(folder.path)/\(name)"), "\(paths)")
    }
    #expect(paths.contains("/g.txt"))
  }

  /// Editors write another file and rename it; one that is no YAML for a moment names nothing.
  @Test func changesAreSeen() throws {
    try write("extends: base.yaml\n", "net.yaml")
    let first = watched()
    let before = first.states
    #expect(first.states == before)
    try write("seed: 1\n", "base.yaml")
    let appeared = first.states
    #expect(appeared != before)
    try write("seed: 2\n", "other.yaml")
    #expect(rename(folder.path + "/other.yaml", folder.path + "/base.yaml") == 0)
    #expect(first.states != appeared)
    try write("extends: [\n", "net.yaml")
    let broken = watched(keeping: first)
    #expect(broken.paths.contains(folder.path + "/base.yaml"))
    #expect(!watched().paths.contains(folder.path + "/base.yaml"))
  }
}
