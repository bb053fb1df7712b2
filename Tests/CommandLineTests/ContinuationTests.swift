import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// `runner resume RUN epochs=N` is the run of N epochs, as far as the schedule allows that.
@Suite struct ContinuationTests {
  private func manifest(_ run: String) throws -> String {
    String(decoding: try FileReading.bytes(of: run + "/MANIFEST.sha256"), as: UTF8.self)
  }

  @Test(arguments: [
    [String](), ["schedule={step: {step_size: 1, gamma: 0.5}}", "train.ema=0.9"],
    ["train.seeds=2"], ["data.split={folds: 2}"],
    ["train.early_stopping={patience: 5}", "optimizer=sgd"],
  ])
  func isTheLongerRun(_ more: [String]) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let short = try await program.run(["small.yaml", "epochs=2", "--runs-dir", "short"] + more)
    #expect(short.code == 0, "\(short.error)")
    let parent = try #require(program.runs("short").first)
    let before = try manifest(parent)
    let long = try await program.run(["small.yaml", "epochs=4", "--runs-dir", "long"] + more)
    #expect(long.code == 0, "\(long.error)")
    let continued = try await program.run(["resume", parent, "epochs=4"])
    #expect(continued.code == 0, "\(continued.error)")
    let run = try #require(program.runs().first)
    #expect(try manifest(run) == manifest(try #require(program.runs("long").first)))
    #expect(try manifest(parent) == before)
    let info = try RunDirectory(path: run).readInfo()
    #expect(info.parent?.epochs == 2)
    #expect(info.parent?.identity == (try RunDirectory(path: parent).readInfo().identity))
    // A continuation can be continued.
    let again = try await program.run(
      ["resume", run, "epochs=5", "--runs-dir", "third", "--json"])
    #expect(again.code == 0, "\(again.error)")
    let third = try #require(program.runs("third").first)
    guard
      case .object(let object) = try JSONText.decode(
        JSONValue.self, from: Array(again.output.utf8))
    else { throw TestFailure("no object: \(again.output)") }
    #expect(object["run"] == .string("third/" + (third.split(separator: "/").last ?? "")))
    #expect(object["epochs"] != nil && object["validation"] != nil)
    // One that has finished is the same answer.
    let finished = try await program.run(["resume", third, "--json"])
    #expect(finished.output.contains("\"epochs\""))
    let quiet = try await program.run(["resume", third, "-q"])
    #expect(quiet.output == third + "\n")
  }

  @Test func aScheduleThatDependsOnTheLengthIsReported() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let more = ["schedule=cosine"]
    let short = try await program.run(["small.yaml", "epochs=2", "--runs-dir", "short"] + more)
    #expect(short.code == 0, "\(short.error)")
    let long = try await program.run(["small.yaml", "epochs=4", "--runs-dir", "long"] + more)
    #expect(long.code == 0)
    let parent = try #require(program.runs("short").first)
    let continued = try await program.run(["resume", parent, "epochs=4"])
    #expect(continued.code == 0, "\(continued.error)")
    #expect(continued.error.contains("'cosine' depends on the length"), "\(continued.error)")
    let infos = try ["runs", "long"].map {
      try RunDirectory(path: try #require(program.runs($0).first)).readInfo()
    }
    #expect(infos[0].identity != infos[1].identity)
  }

  @Test func whatCannotBeContinuedIsRefused() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let bare = try await program.run(
      ["small.yaml", "epochs=2", "--keep", "none", "--runs-dir", "bare"])
    #expect(bare.code == 0, "\(bare.error)")
    let kept = try await program.run(["small.yaml", "epochs=2", "--runs-dir", "kept"])
    #expect(kept.code == 0)
    let (none, run) = (
      try #require(program.runs("bare").first), try #require(program.runs("kept").first)
    )
    #expect(!RunCatalog.isFolder(none + "/final_checkpoint"))
    for (arguments, text) in [
      ([none, "epochs=4"], "kept no final checkpoint"), ([run, "epochs=1"], "already"),
      ([run, "lr=0.1"], "cannot be resumed with a different 'optimizer.adam.lr'"),
      ([run, "epochs=4", "name=other"], "a different 'name'"),
    ] {
      let refused = try await program.run(["resume"] + arguments)
      #expect(refused.code == 2 && refused.error.contains(text), "\(refused.error)")
    }
    #expect(program.runs().isEmpty)
  }
}
