import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// A finished fold or seed of an interrupted run is part of its result: what was edited is not used.
@Suite struct FinishedPartTests {
  /// A run whose first part has finished and whose second has not begun, as if it had been killed there.
  private struct Interrupted {
    let run: RunDirectory
    let first: RunDirectory
    /// Of the run that nobody disturbed.
    let manifest: [UInt8]

    init(_ program: Program, _ words: [String]) async throws {
      let outcome = try await program.run(["small.yaml", "epochs=2", "-q"] + words)
      #expect(outcome.code == 0, "\(outcome.error)")
      run = RunDirectory(path: try #require(program.runs().first))
      manifest = try run.bytes(of: Manifest.name)
      let parts = RunParts.all(of: run)
      try #require(parts.count == 2)
      first = parts[0]
      for directory in [run, parts[1]] {
        var info = try directory.readInfo()
        info.status = .interrupted
        info.manifest = nil
        try directory.write(json: info, to: "run.json")
        for name in [Manifest.name, "summary.json", "metrics.jsonl", "losses.bin", "weights"] {
          try directory.folder.remove(name)
        }
      }
    }
  }

  @Test(arguments: [["data.split={folds: 2}"], ["train.seeds=2"]])
  func anEditedOneIsNotUsed(_ words: [String]) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let state = try await Interrupted(program, words)
    let part = state.first
    for name in [
      "summary.json", "predictions.csv", "metrics.jsonl", "weights/best.safetensors", Manifest.name,
    ] {
      let bytes = try part.bytes(of: name)
      var edited = bytes
      edited[bytes.count / 2] ^= 1
      for contents in [edited, nil] {
        if let contents {
          try part.write([contents], to: name)
        } else {
          try part.folder.remove(name)
        }
        let refused = try await program.run(["resume", state.run.path])
        #expect(refused.code == 2, "\(name): \(refused.error)")
        #expect(refused.error.contains("\(part.name)/\(name)"), "\(refused.error)")
      }
      try part.write([bytes], to: name)
    }
    let resumed = try await program.run(["resume", state.run.path])
    #expect(resumed.code == 0, "\(resumed.error)")
    #expect(try state.run.bytes(of: Manifest.name) == state.manifest)
  }

  /// Older programs recorded no hashes of a part.
  @Test func anOlderOneIsUsed() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let state = try await Interrupted(program, ["data.split={folds: 2}"])
    var info = try state.first.readInfo()
    info.manifest = nil
    try state.first.write(json: info, to: "run.json")
    try state.first.folder.remove(Manifest.name)
    let resumed = try await program.run(["resume", state.run.path])
    #expect(resumed.code == 0, "\(resumed.error)")
    #expect(try state.run.bytes(of: Manifest.name) == state.manifest)
  }
}
