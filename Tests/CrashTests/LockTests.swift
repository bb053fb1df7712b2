import Foundation
import Glibc
import RunRecord
import Testing

/// Two programs never work on one run directory.
@Suite struct LockTests {
  /// A run that was killed in the middle, with a checkpoint.
  private func interrupted(_ sandbox: Sandbox, _ name: String = "sequential") throws -> RunDirectory
  {
    try interruptedRun(sandbox, name)
  }

  @Test func of64SimultaneousStartsOneWins() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let arguments = ["train.epochs=40"]
    let reference = try sandbox.reference(["sequential.yaml"] + arguments)
    let run = try interruptedRun(sandbox, "sequential", arguments)
    let processes = try (0..<64).map { _ in try sandbox.start(["resume", run.path]) }
    let outcomes = processes.map { $0.wait() }
    let codes = outcomes.map(\.code)
    #expect(codes.count { $0 == 0 } == 1)
    #expect(codes.count { $0 == 2 } == 63, "\(codes)")
    for outcome in outcomes where outcome.code == 2 {
      #expect(outcome.text.contains("is in use"), "\(outcome.text)")
    }
    #expect(outcomes.contains { $0.text.contains("by process ") })
    #expect(try run.manifest() == reference.manifest)
    #expect(!run.has(".lock") && !run.has(".worker.lock"))
  }

  @Test func staleLocks() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let reference = try sandbox.reference(["cnn.yaml"])
    let run = try interrupted(sandbox, "cnn")
    // Its holder was killed; the lock's file is still there, and says who it was.
    #expect(run.has(".lock"))
    let left = try run.text(".lock")

    // Another machine that may still be at it.
    let elsewhere = left.replacing(/"host":"[^"]*"/, with: #""host":"far-away""#)
      .replacing(/"boot":"[^"]*"/, with: #""boot":"00000000-0000-0000-0000-000000000000""#)
    try Data(elsewhere.utf8).write(to: URL(filePath: run.file(".lock")))
    let refused = try sandbox.run(["resume", run.path])
    #expect(refused.code == 2)
    #expect(refused.text.contains("on far-away since"), "\(refused.text)")
    #expect(refused.text.contains("--take-over"))
    #expect(try run.text(".lock") == elsewhere)
    let taken = try sandbox.run(["resume", run.path, "--take-over", "--until-epoch", "5"])
    #expect(taken.code == 75, "\(taken.text)")

    // This machine before it was started anew: the process that has its number now is another one.
    let before = left.replacing(
      /"boot":"[^"]*"/, with: #""boot":"00000000-0000-0000-0000-000000000000""#
    ).replacing(/"pid":[0-9]+/, with: #""pid":\#(getpid())"#)
    try Data(before.utf8).write(to: URL(filePath: run.file(".lock")))
    let again = try sandbox.run(["resume", run.path, "--until-epoch", "7"])
    #expect(again.code == 75, "\(again.text)")

    // A file that says nothing.
    try Data("{".utf8).write(to: URL(filePath: run.file(".lock")))
    let last = try sandbox.run(["resume", run.path])
    #expect(last.code == 0, "\(last.text)")
    #expect(try run.manifest() == reference.manifest)
  }
}

/// Starts an experiment, waits for a checkpoint and kills everything.
func interruptedRun(
  _ sandbox: Sandbox, _ name: String, _ arguments: [String] = [], folder: String = "runs",
  checkpoints: Int = 2
) throws -> RunDirectory {
  let process = try sandbox.start(["\(name).yaml", "--runs-dir", folder] + arguments)
  let deadline = Date().addingTimeInterval(120)
  while Date() < deadline {
    if let run = sandbox.runs(folder).first, run.checkpoints().count >= checkpoints { break }
    guard process.isRunning else { throw TestFailure("it has ended: \(process.wait().text)") }
    usleep(1000)
  }
  let workers = process.workers
  process.send(SIGKILL)
  for worker in workers { kill(worker, SIGKILL) }
  process.wait()
  guard let run = sandbox.runs(folder).first, run.checkpoints().count >= checkpoints else {
    throw TestFailure("there are no checkpoints")
  }
  return run
}
