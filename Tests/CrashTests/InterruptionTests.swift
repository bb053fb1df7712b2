import Foundation
import Glibc
import RunRecord
import Testing

/// SIGINT, SIGTERM, SIGHUP: a checkpoint within seconds, exit 75, and how it goes on.
@Suite struct InterruptionTests {
  /// So that it is not over before the signal comes.
  private static let long = ["train.epochs=90", "train.early_stopping.patience=90"]

  /// Less than `seconds` have passed, or as many times as much as the machine has more to do than
  /// processors to do it.
  private func expectPromptness(since start: Date, _ seconds: Double) {
    let passed = Date().timeIntervalSince(start)
    var load = [0.0]
    getloadavg(&load, 1)
    let share = max(load[0] / Double(ProcessInfo.processInfo.activeProcessorCount), 1)
    #expect(passed < seconds * share, "\(passed) s")
  }

  /// Sends a signal once a text is there, or the first fold has trained two epochs, and checks how the program ends.
  @discardableResult
  private func interrupt(
    _ sandbox: Sandbox, _ arguments: [String], after text: String?, _ signal: Int32 = SIGINT,
    group: Bool = false
  ) throws -> RunDirectory {
    let process = try sandbox.start(arguments)
    #expect(
      text.map { process.waitFor($0) } ?? waitForTwoEpochs(sandbox, process),
      "\(process.textSoFar)")
    let workers = process.workers
    let start = Date()
    // Ctrl-C reaches the workers as well.
    if group { for worker in workers { kill(worker, signal) } }
    process.send(signal)
    let outcome = process.wait()
    #expect(outcome.code == 75, "\(outcome.text)")
    expectPromptness(since: start, 5)
    let run = try #require(sandbox.runs().last)
    #expect(outcome.text.contains("to resume: runner resume"), "\(outcome.text)")
    #expect(outcome.text.contains(run.path.split(separator: "/").last ?? ""))
    #expect(try run.readInfo().status == .interrupted)
    return run
  }

  /// Folds that are trained at the same time show no epochs.
  private func waitForTwoEpochs(_ sandbox: Sandbox, _ process: Spawned) -> Bool {
    let deadline = Date().addingTimeInterval(120)
    while Date() < deadline, process.isRunning {
      let metrics = sandbox.runs().last?.file("fold-1/metrics.jsonl")
      if let metrics, let text = try? String(contentsOfFile: metrics, encoding: .utf8),
        text.split(separator: "\n").count >= 2
      {
        return true
      }
      usleep(1000)
    }
    return false
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func duringTraining(signal: Int32) throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let arguments = ["cnn.yaml", "train.checkpoint.every=1000s"] + Self.long
    let reference = try sandbox.reference(arguments)
    let run = try interrupt(sandbox, arguments, after: " 2/90", signal, group: signal == SIGINT)
    #expect(run.checkpoints().count >= 1)
    let resumed = try sandbox.run(["resume", "latest"])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == reference.manifest)
    // And once more: there is nothing left to do.
    let again = try sandbox.run(["resume", "latest"])
    #expect(again.code == 0)
    #expect(again.text.contains("has finished; there is nothing to resume"))
  }

  @Test func whileFoldsAreComputed() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let arguments = ["folds.yaml", "--jobs", "2"] + Self.long
    let reference = try sandbox.reference(arguments)
    let run = try interrupt(sandbox, arguments, after: nil, group: true)
    let resumed = try sandbox.run(["resume", "latest"])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == reference.manifest)
    // As left by a program that was killed right after a fold had finished.
    try Data().write(to: URL(filePath: run.file("fold-1/.lock")))
    #expect(try sandbox.run(["resume", "latest"]).code == 0)
    #expect(!run.has("fold-1/.lock"))
    // And by one that was killed while it wrote the page.
    try FileManager.default.removeItem(atPath: run.file("report.html"))
    try Data().write(to: URL(filePath: run.file(".half.tmp")))
    #expect(try sandbox.run(["resume", "latest"]).code == 0)
    #expect(run.has("report.html") && !run.has(".half.tmp"))
  }

  @Test func whileFeaturesAreComputed() throws {
    let sandbox = try Sandbox()
    try Experiments.writeData(into: sandbox, side: 16, train: 3000, test: 60)
    try sandbox.write(SameBytesTests.fineTuning, to: "resnet.yaml")
    let process = try sandbox.start(["resnet.yaml"])
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline, sandbox.runs().first?.has("log.txt") != true { usleep(5000) }
    usleep(1_500_000)
    let start = Date()
    process.send(SIGINT)
    let outcome = process.wait()
    #expect(outcome.code == 75, "\(outcome.text)")
    expectPromptness(since: start, 5)
    #expect(outcome.text.contains("to resume: runner resume"))
    #expect(!outcome.text.contains("1/2"))
  }

  @Test func whileEvaluating() throws {
    let sandbox = try Sandbox()
    try Experiments.writeData(into: sandbox, side: 8, train: 40_000, test: 100)
    try sandbox.write(Experiments.cnn, to: "cnn.yaml")
    // Nearly all of the time is spent on the validation examples.
    let arguments = ["cnn.yaml", "data.split.validation=0.99", "train.epochs=3"]
    let reference = try sandbox.reference(arguments)
    let run = try interrupt(sandbox, arguments, after: " 1/3")
    let resumed = try sandbox.run(["resume", "latest"])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == reference.manifest)
  }

  @Test func theSecondSignalEndsAtOnce() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let arguments = ["cnn.yaml"] + Self.long
    let reference = try sandbox.reference(arguments)
    let process = try sandbox.start(arguments)
    #expect(process.waitFor(" 2/90"))
    // A worker that does not react.
    for worker in process.workers { kill(worker, SIGSTOP) }
    process.send(SIGINT)
    usleep(300_000)
    #expect(process.isRunning)
    let start = Date()
    process.send(SIGINT)
    let outcome = process.wait()
    #expect(outcome.code == 75, "\(outcome.text)")
    expectPromptness(since: start, 3)
    let resumed = try sandbox.run(["resume", "latest"])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try sandbox.runs().last?.manifest() == reference.manifest)
  }

  /// As on a cluster, where a task that is put back hears it from Slurm and from its script.
  @Test func twoTermsTogetherAreOne() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let process = try sandbox.start(["cnn.yaml", "train.checkpoint.every=1000s"] + Self.long)
    #expect(process.waitFor(" 2/90"))
    let workers = process.workers
    // So that its checkpoint is not written before the second one arrives.
    for worker in workers { kill(worker, SIGSTOP) }
    for _ in 0..<2 {
      process.send(SIGTERM)
      usleep(20_000)
    }
    usleep(300_000)
    for worker in workers { kill(worker, SIGCONT) }
    let outcome = process.wait()
    #expect(outcome.code == 75, "\(outcome.text)")
    let run = try #require(sandbox.runs().last)
    #expect(run.checkpoints().count == 1)
    #expect(try run.readInfo().status == .interrupted)
  }
}
