import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// A run directory that was edited is not the run that was started.
@Suite struct ResumeEditedTests {
  private func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
    #expect(text.contains(old), "\(path) has no '\(old)'")
    try AtomicFile.write(text.replacing(old, with: new), to: path)
  }

  /// Stops a run after its first epoch.
  private func interrupted(_ program: Program, _ more: [String] = []) async throws -> String {
    try SmallExperiment.write(into: program)
    let outcome = try await program.run(
      ["small.yaml", "epochs=3000"] + more, send: 2, after: "2/3000")
    #expect(outcome.code == 75, "\(outcome.error)")
    return try #require(program.runs().first)
  }

  @Test(arguments: [
    ("batch_size: 32", "batch_size: 64", "data.batch_size: 32, now 64"),
    ("epochs: 3000", "epochs: 2", "train.epochs: 3000, now 2"),
    ("seed: 7", "seed: 8", "seed: 7, now 8"),
  ])
  func anEditedConfigurationIsNotResumed(_ old: String, _ new: String, _ text: String) async throws
  {
    let program = try Program()
    defer { program.remove() }
    let run = try await interrupted(program)
    try edit(run + "/resolved.yaml", old, new)
    let refused = try await program.run(["resume", run])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(refused.error.contains(text), "\(refused.error)")
    // The values as they were: the run can be resumed again.
    try edit(run + "/resolved.yaml", new, old)
    let resumed = try await program.run(["resume", run, "--until-epoch", "1"])
    #expect(resumed.code == 75, "\(resumed.error)")
  }

  @Test func anEditedRecordOrResultIsNotResumed() async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await interrupted(program)
    let record = run + "/run.json"
    for (old, new, text) in [
      ("\"origin\" : \"folder\"", "\"origin\" : \"moon\"", "dataset.origin"),
      ("\"threads\" : 1,", "\"threads\" : 1000000,", "threads"),
      ("\"seed\" : 7,", "\"seed\" : 9,", "identified_by"),
      ("\"used\" : \"idx\"", "\"used\" : \"mnist\"", "dataset: 'requested', 'used'"),
      ("\"requested\" : \"idx\"", "\"requested\" : \"mnist\"", "dataset: 'requested', 'used'"),
      ("\"status\" : \"interrupted\"", "\"status\" : \"finished\"", "summary.json is missing"),
      ("\"name\" : \"small\"", "\"fold\" : 1, \"name\" : \"small\"", "fold: none, now 1"),
      (
        "\"name\" : \"small\"", "\"name\" : \"small\", \"repetition\" : 1",
        "repetition: none, now 1"
      ),
    ] {
      let bytes = try FileReading.bytes(of: record)
      try edit(record, old, new)
      let refused = try await program.run(["resume", run])
      #expect(refused.code == 2 && refused.error.contains(text), "\(refused.error)")
      try AtomicFile.write(bytes, to: record)
    }
    try edit(run + "/metrics.jsonl", "\"epoch\":1", "\"epoch\":7")
    let refused = try await program.run(["resume", run])
    #expect(refused.code == 2 && refused.error.contains("metrics.jsonl"), "\(refused.error)")
  }

  @Test func anEditedSeedIsNotResumedAndAFinishedRunIsNotUsed() async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await interrupted(program, ["train.seeds=2", "--jobs", "1"])
    try edit(run + "/seed-7/resolved.yaml", "p: 0.1", "p: 0.5")
    let refused = try await program.run(["resume", run])
    #expect(refused.code == 2 && refused.error.contains("dropout.p: 0.1"), "\(refused.error)")
    let finished = try await program.run(["small.yaml", "epochs=1", "--runs-dir", "done"])
    #expect(finished.code == 0, "\(finished.error)")
    let done = try #require(program.runs("done").first)
    try edit(done + "/resolved.yaml", "batch_size: 32", "batch_size: 16")
    for command in ["reproduce", "predict"] {
      let words = command == "predict" ? ["--split", "test"] : []
      let outcome = try await program.run([command, done] + words)
      #expect(outcome.code == 2 && outcome.error.contains("batch_size"), "\(outcome.error)")
    }
  }

  @Test func otherGroupsAreNotResumed() async throws {
    let program = try Program()
    defer { program.remove() }
    func write(_ groups: Int) throws {
      let lines = (0..<SmallExperiment.train).map { "g\($0 % groups)\n" }
      try program.write(lines.joined(), to: "groups.txt")
    }
    try write(40)
    let run = try await interrupted(
      program, ["data.split={folds: 2, groups: groups.txt}", "--jobs", "1"])
    try write(50)
    let refused = try await program.run(["resume", run])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(refused.error.contains("data.split.groups"), "\(refused.error)")
    #expect(refused.error.contains("groups.txt have changed"), "\(refused.error)")
    try write(40)
    try FileManager.default.moveItem(
      atPath: program.path("groups.txt"), toPath: program.path("moved.txt"))
    let moved = try await program.run([
      "resume", run, "groups=moved.txt", "--until-epoch", "1",
    ])
    #expect(moved.code == 75, "\(moved.error)")
  }

  /// Without a hash in the record, as older programs wrote it.
  @Test func anotherDataSetThanTheConfigurationHasIsNotResumed() async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await interrupted(program)
    let record = run + "/run.json"
    guard
      case .object(var info) = try JSONText.decode(
        JSONValue.self, from: FileReading.bytes(of: record)),
      case .object(var dataset)? = info["dataset"]
    else { throw TestFailure("no object") }
    dataset["sha256"] = nil
    info["dataset"] = .object(dataset)
    try RunDirectory(path: run).write(json: JSONValue.object(info), to: "run.json")
    let resumed = try await program.run(["resume", run, "--until-epoch", "1"])
    #expect(resumed.code == 75, "\(resumed.error)")
    try edit(record, "\"used\" : \"idx\"", "\"used\" : \"mnist\"")
    let refused = try await program.run(["resume", run])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(refused.error.contains("dataset.used: idx, now mnist"), "\(refused.error)")
  }

  @Test func aTrainingThatStartsOverSaysSo() async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await interrupted(program)
    try FileManager.default.removeItem(atPath: run + "/checkpoints")
    let resumed = try await program.run(["resume", run, "--until-epoch", "1"])
    #expect(resumed.code == 75, "\(resumed.error)")
    #expect(resumed.error.contains("there is no checkpoint"), "\(resumed.error)")
    #expect(resumed.error.contains("training starts over"), "\(resumed.error)")
  }

  @Test func dataThatMovedArePointedAt() async throws {
    let program = try Program()
    defer { program.remove() }
    let run = try await interrupted(program)
    try FileManager.default.moveItem(
      atPath: program.path("data"), toPath: program.path("elsewhere"))
    #expect(try await program.run(["resume", run]).code == 2)
    let moved = try await program.run(["resume", run, "folder=elsewhere", "--until-epoch", "1"])
    #expect(moved.code == 75, "\(moved.error)")
    #expect(try RunDirectory(path: run).readInfo().dataset.files[0].path.contains("/elsewhere/"))
  }
}
