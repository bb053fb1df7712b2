import Foundation
import Glibc
import RunRecord
import Testing

/// The pass through frozen layers, which has no checkpoint but the cache: interrupted, killed, and made by
/// two runs at once.
@Suite struct InterruptedPassTests {
  private static let examples = 1060

  private func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try Experiments.writeData(into: sandbox, side: 16, train: 1000, test: 60)
    try sandbox.write(SameBytesTests.fineTuning, to: "resnet.yaml")
    return sandbox
  }

  /// Waits until a part of the features has been computed and the rest has not.
  private func waitForPass(_ sandbox: Sandbox, _ process: Spawned) throws {
    let folder = sandbox.path("cache/features")
    let deadline = Date().addingTimeInterval(120)
    while Date() < deadline, process.isRunning {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      if names.contains(where: { $0.hasSuffix(".partial") }) {
        usleep(200_000)
        return
      }
      usleep(5000)
    }
    throw TestFailure("there was no pass to interrupt: \(process.textSoFar)")
  }

  private func kill(_ process: Spawned) {
    let workers = process.workers
    process.send(SIGKILL)
    for worker in workers { Glibc.kill(worker, SIGKILL) }
    process.wait()
  }

  /// Of a run that shares no cache with the others.
  private func undisturbed(_ sandbox: Sandbox) throws -> String {
    let outcome = try sandbox.run(
      ["resnet.yaml", "--runs-dir", "undisturbed"], ["RUNNER_CACHE": sandbox.path("other")])
    #expect(outcome.code == 0, "\(outcome.text)")
    return try #require(sandbox.runs("undisturbed").first).manifest()
  }

  /// How many examples a run sent through the frozen layers in its last start.
  private func computed(_ run: RunDirectory) throws -> Int {
    let line = try run.text("log.txt").split(separator: "\n")
      .last { $0.contains("frozen layers: ") }
    return line.flatMap { Int($0.split(separator: " ")[4]) } ?? -1
  }

  @Test(arguments: [SIGINT, SIGKILL])
  func theRunGoesOn(signal: Int32) throws {
    let sandbox = try sandbox()
    let process = try sandbox.start(["resnet.yaml"])
    try waitForPass(sandbox, process)
    if signal == SIGKILL {
      kill(process)
    } else {
      process.send(signal)
      let outcome = process.wait()
      #expect(outcome.code == 75, "\(outcome.text)")
      #expect(outcome.text.contains("to resume: runner resume"))
    }
    let run = try #require(sandbox.runs().last)
    #expect(!run.has("checkpoints"))
    let resumed = try sandbox.run(["resume", "latest"])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == undisturbed(sandbox))
  }

  @Test func twoRunsMakeItTogether() throws {
    let sandbox = try sandbox()
    let processes = try (0..<2).map {
      try sandbox.start(["resnet.yaml", "--runs-dir", "runs\($0)"])
    }
    for process in processes { #expect(process.wait().code == 0) }
    let runs = try (0..<2).map { try #require(sandbox.runs("runs\($0)").first) }
    #expect(try runs.map(computed).reduce(0, +) == Self.examples)
    #expect(try runs[0].manifest() == runs[1].manifest())
  }

  /// Who waits for a process that is killed takes its place.
  @Test func theOneThatWaitsGoesOnForTheOneThatDied() throws {
    let sandbox = try sandbox()
    let first = try sandbox.start(["resnet.yaml", "--runs-dir", "first"])
    try waitForPass(sandbox, first)
    let second = try sandbox.start(["resnet.yaml", "--runs-dir", "second"])
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline, second.isRunning {
      let log = try? sandbox.runs("second").first?.text("log.txt")
      if log?.contains("another process is computing these features") == true { break }
      usleep(5000)
    }
    kill(first)
    #expect(second.wait().code == 0)
    let resumed = try sandbox.run(["resume", "latest", "--runs-dir", "first"])
    #expect(resumed.code == 0, "\(resumed.text)")
    let runs = try ["first", "second"].map { try #require(sandbox.runs($0).first) }
    #expect(try computed(runs[0]) == 0)
    #expect(try runs[0].manifest() == runs[1].manifest())
  }
}
