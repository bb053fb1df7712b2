import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// A finished run whose files were edited is neither confirmed nor used, and whoever shows it says so.
@Suite struct EditedResultsTests {
  private func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
    #expect(text.contains(old), "\(path) has no '\(old)'")
    try AtomicFile.write(text.replacing(old, with: new), to: path)
  }

  private func finished(_ program: Program, _ words: [String] = []) async throws -> RunDirectory {
    try SmallExperiment.write(into: program)
    let outcome = try await program.run(["small.yaml", "epochs=2", "-q"] + words)
    #expect(outcome.code == 0, "\(outcome.error)")
    return RunDirectory(path: try #require(program.runs().first))
  }

  @Test(arguments: ["summary.json", "predictions.csv", "metrics.jsonl"])
  func editedResultsAreReported(_ name: String) async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await finished(program)
    let clean = try await program.run(["show", run.path])
    #expect(clean.error.isEmpty, "\(clean.error)")
    try run.write([run.bytes(of: name) + [UInt8(ascii: "\n")]], to: name)
    for words in [
      ["show"], ["show", "--json"], ["report"], ["diff", run.path], ["compare", run.path],
    ] {
      let outcome = try await program.run(words + [run.path])
      #expect(outcome.error.contains("warning: "), "\(words): \(outcome.error)")
      #expect(
        outcome.error.contains("\(name): was edited or damaged"), "\(words): \(outcome.error)")
    }
    let again = try await program.run(["reproduce", run.path, "--runs-dir", "again"])
    #expect(again.code == 2, "\(again.error)")
    #expect(again.error.contains("/\(name): was edited or damaged"), "\(again.error)")
    #expect(program.runs("again").isEmpty)
  }

  @Test func anEditedManifestIsNotReproduced() async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await finished(program)
    let text = try String(decoding: run.bytes(of: Manifest.name), as: UTF8.self)
    try run.write(text.replacing("summary.json", with: "summary.jsonl"), to: Manifest.name)
    let edited = try await program.run(["reproduce", run.path])
    #expect(edited.code == 2 && edited.error.contains(Manifest.name), "\(edited.error)")
    try run.folder.remove(Manifest.name)
    for command in ["reproduce", "resume"] {
      let missing = try await program.run([command, run.path])
      #expect(missing.code == 2, "\(missing.error)")
      #expect(missing.error.contains("recorded as finished, but"), "\(missing.error)")
      #expect(missing.error.contains("MANIFEST.sha256 is missing"), "\(missing.error)")
    }
  }

  @Test(arguments: [
    ("\"step\" : 20", "\"step\" : 10"), ("\"epochs\" : 2", "\"epochs\" : 1"),
  ])
  func anEditedFinalCheckpointIsNotContinued(_ old: String, _ new: String) async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await finished(program)
    try edit(run.file("final_checkpoint/state.json"), old, new)
    let refused = try await program.run(["resume", run.path, "epochs=4"])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(refused.error.contains("final_checkpoint/state.json"), "\(refused.error)")
    #expect(refused.error.contains("was edited"), "\(refused.error)")
    #expect(program.runs().count == 1)
  }

  /// Older programs recorded no hash; what does not fit is named all the same.
  @Test func anOlderFinalCheckpointIsContinued() async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await finished(program)
    let name = "final_checkpoint/state.json"
    guard
      case .object(var state) = try JSONText.decode(JSONValue.self, from: run.bytes(of: name))
    else { throw TestFailure("no object") }
    #expect(state["sha256"] != nil)
    state["sha256"] = nil
    try run.write(json: JSONValue.object(state), to: name)
    let continued = try await program.run(["resume", run.path, "epochs=3", "--runs-dir", "next"])
    #expect(continued.code == 0, "\(continued.error)")
    try edit(run.file(name), "\"stepInEpoch\" : 0", "\"stepInEpoch\" : 3")
    let refused = try await program.run(["resume", run.path, "epochs=3", "--runs-dir", "bad"])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(
      refused.error.contains("\(run.name)/\(name): the checkpoint does not match"),
      "\(refused.error)"
    )
  }

  @Test(arguments: ["best", "last"])
  func editedWeightsAreNotStartedFrom(_ epoch: String) async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await finished(program)
    let name = "weights/\(epoch).safetensors"
    let words = ["small.yaml", "epochs=1", "+weights={run: \(run.path), epoch: \(epoch)}"]
    let good = try await program.run(words + ["--runs-dir", "good"])
    #expect(good.code == 0, "\(good.error)")
    var bytes = try run.bytes(of: name)
    bytes[bytes.count - 2] ^= 1
    try run.write([bytes], to: name)
    let refused = try await program.run(words + ["--runs-dir", "next"])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(refused.error.contains("\(name): was edited or damaged"), "\(refused.error)")
    #expect(program.runs("next").isEmpty)
  }
}
