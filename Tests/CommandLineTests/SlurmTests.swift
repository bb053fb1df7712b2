import FoundationEssentials
import Glibc
import RunRecord
import Subprocess
import SystemPackage
import Testing

/// Sweeps on a real Slurm, which `make test-slurm` starts on loopback.
@Suite(
  .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["RUNNER_SLURM"] != nil,
    "'make test-slurm' starts a Slurm for these tests"))
struct SlurmTests {
  /// Where the Slurm of these tests lives.
  private var folder: String { ProcessInfo.processInfo.environment["RUNNER_SLURM"] ?? "" }

  private let grid = ["lr=[1e-3,1e-4]", "batch_size=[8,16,32,64]"]
  private static let foldEpochs = 400
  private let slurm = ["--launcher", "slurm", "--slurm", "partition=debug,time=5,cpus=1"]

  private func slurm(_ program: String, _ arguments: [String]) async throws -> String {
    let result = try await Subprocess.run(
      program.contains("/") ? .path(FilePath(program)) : .name(program),
      arguments: Arguments(arguments), output: .string(limit: 1 << 20), error: .discarded)
    return result.standardOutput
  }

  /// Waits until the queue shows what is wanted.
  private func waitFor(_ condition: (String) -> Bool) async throws -> String {
    for _ in 0..<200 {
      let queue = try await slurm(
        "squeue", ["--noheader", "--array", "--format", "%F_%K %T %r"])
      if condition(queue) { return queue }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw TestFailure("the queue does not come to where it should")
  }

  /// The first of those that run.
  private func runningTask() async throws -> String {
    let queue = try await waitFor { $0.contains(" RUNNING") }
    let line = queue.split(separator: "\n").first { $0.contains(" RUNNING") } ?? ""
    return String(line.prefix { $0 != " " })
  }

  /// Slurm lets tasks that were put back wait for two minutes; tests need not.
  ///
  /// A task starts two seconds after it was first seen waiting: a permission to start from the second in which the
  /// task was ended would be revoked together with that of its first start.
  ///
  /// - Returns: what goes on until it is cancelled.
  private func impatience() -> Task<Void, any Error> {
    Task {
      var polls: [String: Int] = [:]
      while !Task.isCancelled {
        let queue = try? await slurm(
          "squeue", ["--noheader", "--array", "--format", "%F_%K %T %r"])
        let waiting = (queue ?? "").split(separator: "\n").filter {
          $0.contains(" PENDING BeginTime")
        }.map { String($0.prefix { $0 != " " }) }
        polls = polls.filter { waiting.contains($0.key) }
        for task in waiting {
          polls[task, default: 0] += 1
          if polls[task, default: 0] > 7 {
            _ = try? await slurm("scontrol", ["update", "JobId=\(task)", "StartTime=now"])
          }
        }
        try await Task.sleep(for: .milliseconds(300))
      }
    }
  }

  /// How often the controller has said so.
  private func count(_ words: String) -> Int {
    SweepTests.text(folder + "/slurmctld.log").components(separatedBy: words).count - 1
  }

  /// Brings the node down with all that runs on it, until that hit a task, and starts it again.
  private func killNode() async throws {
    let before = count("due to failure of node")
    for _ in 0..<10 where count("due to failure of node") == before {
      _ = try await runningTask()
      _ = try await slurm(
        Program.repository + "/scripts/slurm-loopback", ["restart-node", folder])
    }
    #expect(count("due to failure of node") > before)
  }

  private func results(_ program: Program) throws -> String {
    SweepTests.text(try SweepTests.sweep(program) + "/results.csv")
  }

  private func local() async throws -> String {
    let program = try SweepTests.program()
    defer { program.remove() }
    #expect(try await program.run(["sweep", "small.yaml", "epochs=6"] + grid).code == 0)
    return try results(program)
  }

  @Test(.timeLimit(.minutes(5))) func aTaskIsRequeuedOneCancelledAndANodeDies() async throws {
    let program = try SweepTests.program(["FAKE_DELAY": "0.5"])
    defer { program.remove() }
    async let outcome = program.run(["sweep", "small.yaml", "epochs=6"] + grid + slurm)
    let impatience = impatience()
    defer { impatience.cancel() }
    let task = try await runningTask()
    try await Task.sleep(for: .seconds(1))
    _ = try await slurm("scontrol", ["requeue", task])
    try await killNode()
    // Somebody cancels a task: it is submitted once more.
    _ = try await slurm("scancel", [try await runningTask()])
    let end = try await outcome
    #expect(end.code == 0, "\(end.error)")
    #expect(try results(program) == (try await local()))
    #expect(Set(SweepTests.ledger(program)).count == 8)
    #expect(SweepTests.ledger(program).count == 8)
  }

  @Test(.timeLimit(.minutes(5))) func whoSubmitsMayLeaveAndComeBack() async throws {
    let program = try SweepTests.program(["FAKE_DELAY": "0.3"])
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "epochs=6"] + grid + slurm
    let left = try await program.run(words, send: SIGINT, after: "[1/8]")
    #expect(left.code == 75)
    #expect(left.error.contains("the jobs continue without this program"))
    let back = try await program.run(words)
    #expect(back.code == 0, "\(back.error)")
    // Nothing was submitted twice: two arrays, as the limit of this cluster asks for.
    let arrays = try FileManager.default.contentsOfDirectory(
      atPath: SweepTests.sweep(program) + "/slurm")
    #expect(arrays.sorted() == ["1", "2", "jobs.json"])
    #expect(SweepTests.ledger(program).count == 8)
    #expect(try results(program) == (try await local()))
  }

  @Test(.timeLimit(.minutes(5))) func theTimeLimitIsACheckpoint() async throws {
    let program = try SweepTests.program(["FAKE_DELAY": "4"])
    defer { program.remove() }
    // A signal as it comes a minute ahead of the limit.
    async let outcome = program.run(
      ["sweep", "small.yaml", "epochs=3", "lr=[1e-3]"] + slurm)
    let impatience = impatience()
    defer { impatience.cancel() }
    let task = try await runningTask()
    try await Task.sleep(for: .seconds(5))
    _ = try await slurm("scancel", ["--batch", "--signal=TERM", task])
    let end = try await outcome
    #expect(end.code == 0, "\(end.error)")
    let run = try #require(try SweepCatalog.trial(1, of: SweepTests.sweep(program)))
    #expect(try run.readEpochs().map(\.epoch) == [1, 2, 3])
  }

  /// Ends what is left of a test.
  private func cancelAll() async throws {
    let jobs = try await slurm("squeue", ["--noheader", "--format", "%F"])
    _ = try await slurm("scancel", Set(jobs.split(separator: "\n").map(String.init)).sorted())
    _ = try await waitFor { $0.isEmpty }
  }

  @Test(.timeLimit(.minutes(5))) func aRequeuedTrialHasACheckpointACancelledOneEnds() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let impatience = impatience()
    defer { impatience.cancel() }
    // Slurm has a meaning for the name of this folder.
    let left = try await program.run(
      [
        "sweep", "small.yaml", "lr=[1e-3]", "epochs=100000", "threads=1",
        "train.checkpoint.every=1000s", "--runs-dir", "100%a",
      ] + slurm, send: SIGINT, after: "submitted as job")
    #expect(left.code == 75, "\(left.error)")
    let sweep = try #require(program.runs("100%a").first)
    let run = try #require(try SweepCatalog.trial(1, of: sweep))
    func comesBeyond(_ epochs: Int) async throws -> Bool {
      for _ in 0..<900 {
        if let done = try? run.readEpochs().count, done > epochs { return true }
        try await Task.sleep(for: .milliseconds(100))
      }
      return false
    }
    #expect(try await comesBeyond(50))
    let task = try await runningTask()
    _ = try await slurm("scontrol", ["requeue", task])
    var checkpoints: [String] = []
    for _ in 0..<200 where checkpoints.isEmpty {
      try await Task.sleep(for: .milliseconds(50))
      let files = try? FileManager.default.contentsOfDirectory(atPath: run.file("checkpoints"))
      checkpoints = (files ?? []).filter { !$0.contains("partial") }
    }
    #expect(checkpoints.count == 1)
    let before = try run.readEpochs().count
    let goesOn = try await comesBeyond(before)
    let state = try await slurm("scontrol", ["show", "job", task])
    #expect(goesOn, "\(state)\n\(SweepTests.text(sweep + "/slurm/1/0.out"))")
    // Nothing was computed a second time.
    #expect(try run.readEpochs().prefix(before + 1).map(\.epoch) == Array(1...before + 1))
    #expect(SweepTests.text(sweep + "/slurm/1/0.out").contains("REQUEUE"))

    _ = try await slurm("scancel", [task])
    _ = try await waitFor { $0.isEmpty }
    try await Task.sleep(for: .seconds(2))
    #expect(try await waitFor { _ in true }.isEmpty)
  }

  @Test(.timeLimit(.minutes(3))) func theCapHoldsOverArrays() async throws {
    let program = try SweepTests.program(["FAKE_DELAY": "1"])
    defer { program.remove() }
    let left = try await program.run(
      ["sweep", "small.yaml", "--jobs", "1"] + grid + slurm, send: SIGINT, after: ", 3 tasks")
    #expect(left.code == 75, "\(left.error)")
    _ = try await waitFor { $0.contains(" RUNNING") && $0.contains(" PENDING Dependency") }
    for _ in 0..<10 {
      let queue = try await waitFor { !$0.isEmpty }
      #expect(queue.components(separatedBy: " RUNNING").count <= 2)
      try await Task.sleep(for: .milliseconds(200))
    }
    try await cancelAll()
  }

  @Test(.timeLimit(.minutes(5))) func foldsAreTasks() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let words = ["small.yaml", "split={folds: 3}", "epochs=\(Self.foldEpochs)", "threads=1"]
    let local = try await program.run(words + ["--runs-dir", "local", "-q"])
    #expect(local.code == 0, "\(local.error)")

    let impatience = impatience()
    defer { impatience.cancel() }
    let left = try await program.run(words + slurm, send: SIGINT, after: "submitted as job")
    #expect(left.code == 75, "\(left.error)")
    #expect(left.error.contains("detached: the jobs continue without this program"))
    try await killNode()
    // Without a word of Slurm: the run remembers.
    let back = try await program.run(["resume", "latest"])
    #expect(back.code == 0, "\(back.error)")
    #expect(back.error.contains("fold 3: "))
    let run = try #require(program.runs().first)
    let arrays = try FileManager.default.contentsOfDirectory(atPath: run + "/slurm")
    let codes = try codes(below: run + "/slurm")
    #expect(arrays.filter { Int($0) != nil } == ["1"], "\(back.error)\n\(codes)")
    let reference = try #require(program.runs("local").first)
    #expect(
      SweepTests.text(run + "/MANIFEST.sha256")
        == SweepTests.text(reference + "/MANIFEST.sha256"))
  }

  /// How the tasks of every array ended, for a message.
  private func codes(below folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.contains("/codes/") }
      .sorted().map { "\($0): \(SweepTests.text(folder + "/" + $0))" }
  }

  @Test(.timeLimit(.minutes(2))) func aFoldThatFailsIsSaid() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let outcome = try await program.run(
      ["small.yaml", "split={folds: 2}", "optimizer=sgd", "lr=1e30"] + slurm)
    #expect(outcome.code == 2, "\(outcome.error)")
    #expect(outcome.error.contains("error: fold 1: the loss is nan"))
    #expect(outcome.error.contains("training has diverged"))
    #expect(outcome.error.contains("slurm/fold-1.log"))
    let single = try await program.run(["small.yaml"] + slurm)
    #expect(single.code == 2)
    #expect(single.error.contains("this one is a single training"))
  }

  @Test(.timeLimit(.minutes(2))) func whatFailsIsCollected() async throws {
    let program = try SweepTests.program(["FAKE_FAIL": "batch_size: 16 "])
    defer { program.remove() }
    let outcome = try await program.run(["sweep", "small.yaml"] + grid + slurm)
    #expect(outcome.code == 70)
    #expect(outcome.text.contains("trial 2 has no result"))
    #expect(outcome.text.contains("trial 6 has no result"))
    let log =
      try FileManager.default.contentsOfDirectory(
        atPath: SweepTests.sweep(program) + "/logs"
      ).first { $0.hasPrefix("2-") } ?? ""
    #expect(
      SweepTests.text(try SweepTests.sweep(program) + "/logs/" + log).contains("this trial fails"))
    let refused = try await program.run(
      ["sweep", "small.yaml", "lr=[1,2]", "--launcher", "slurm", "--slurm", "partition=none"])
    #expect(refused.code == 2)
    #expect(refused.error.contains("sbatch rejected the job"))
  }
}
