import Files
import FoundationEssentials
import Glibc
import RunRecord
import Testing

/// What comes of a worker that says something unexpected.
@Suite struct WorkerTests {
  /// Runs `small.yaml` with a worker that describes the machine as the real one does and then prints
  /// what `script` says.
  private func run(
    _ script: String, _ arguments: [String] = [],
    check: (Program, Program.Outcome, RunDirectory) throws -> Void
  ) async throws {
    var program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let path = program.path("worker")
    try program.write(
      """
      #!/bin/sh
      '\(Program.folder)/runner-worker' --describe
      read -r request || exit 0
      \(script)

      """, to: "worker")
    #expect(chmod(path, 0o755) == 0)
    program.environment["RUNNER_WORKER"] = path
    let outcome = try await program.run(["small.yaml"] + arguments)
    let directory = try #require(program.runs().first)
    try check(program, outcome, RunDirectory(path: directory))
  }

  /// The summary of a run with many classes has some hundred thousand bytes.
  @Test func aLineMayBeLong() async throws {
    let script = #"""
      printf '{"warning":{"_0":"'
      head -c 400000 /dev/zero | tr '\0' x | fold -w 1000 | sed 's/$/\\n/' | tr -d '\n'
      printf '"}}\n{"failure":{"_0":{"exitCode":2,"message":"out of luck"}}}\n'
      exit 2
      """#
    try await run(script) { _, outcome, run in
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("out of luck"))
      let info = try run.readInfo()
      #expect(info.status == .failed && info.failure == "out of luck")
      #expect(info.warnings.contains { $0.count > 400_000 })
    }
  }

  /// An error that no worker has reported is the end of the run all the same.
  @Test(arguments: [[], ["data.split.folds=2"], ["train.seeds=2"]])
  func whatIsNoEventIsRecorded(arguments: [String]) async throws {
    try await run("echo this is no event", arguments) { program, outcome, run in
      #expect(outcome.code == 70, "\(outcome.error)")
      let info = try run.readInfo()
      #expect(info.status == .failed)
      #expect(info.failure?.isEmpty == false && info.ended != nil)
      #expect(!run.isFile(".lock"))
      for part in RunParts.all(of: run) {
        let status = try part.readInfo().status
        #expect(status != .running && status != .finished)
      }
    }
  }

  @Test func aWorkerThatOnlyEndsIsRecorded() async throws {
    try await run("exit 0") { _, outcome, run in
      #expect(outcome.code == 70, "\(outcome.error)")
      let status = try run.readInfo().status
      #expect(status == .failed)
    }
  }

  /// Somebody or the system has ended it: the run resumes, and no bug is reported.
  @Test(arguments: ["KILL", "XCPU"], [[], ["data.split.folds=2"]])
  func aKilledWorkerCanBeResumed(_ name: String, _ arguments: [String]) async throws {
    try await run("kill -\(name) $$", arguments) { _, outcome, run in
      #expect(outcome.code == 75, "\(outcome.error)")
      #expect(outcome.error.contains("error: the worker was "), "\(outcome.error)")
      #expect(
        outcome.error.contains("to resume: runner resume runs/\(run.name)"), "\(outcome.error)")
      #expect(!outcome.error.contains("internal error"), "\(outcome.error)")
      let status = try run.readInfo().status
      #expect(status == .interrupted)
    }
  }

  /// Killed or crashed before its first word, which is not a program that does not start.
  @Test(arguments: [
    ("KILL", Int32(75), "the worker was killed (signal 9)"),
    ("SEGV", 70, "internal error: the worker crashed (signal 11"),
  ])
  func aWorkerThatEndsBeforeItsFirstWord(
    _ name: String, _ code: Int32, _ text: String
  ) async throws {
    var program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let path = program.path("worker")
    try program.write("#!/bin/sh\nkill -\(name) $$\n", to: "worker")
    #expect(chmod(path, 0o755) == 0)
    program.environment["RUNNER_WORKER"] = path
    for arguments in [[], ["train.seeds=2"]] {
      let outcome = try await program.run(["small.yaml"] + arguments)
      #expect(outcome.code == code, "\(outcome.error)")
      #expect(outcome.error.contains(text), "\(outcome.error)")
      #expect(program.runs().isEmpty)
    }
  }
}
