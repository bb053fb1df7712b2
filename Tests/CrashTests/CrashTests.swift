import Foundation
import Glibc
import RunRecord
import Synchronization
import Testing

/// kill -9 at random moments, of the worker, of the front program, of both, also during the resume:
/// the resumed run has the manifest of the undisturbed one.
///
/// `RUNNER_CRASHES` says how many runs are disturbed, `RUNNER_CRASH_SEED` which moments are drawn.
@Suite struct CrashTests {
  private enum Target: Int, CaseIterable {
    case worker, front, both
  }

  @Test func killedRunsGiveTheSameBytes() throws {
    let variables = ProcessInfo.processInfo.environment
    let count = variables["RUNNER_CRASHES"].flatMap { Int($0) } ?? 12
    let seed = variables["RUNNER_CRASH_SEED"].flatMap { UInt64($0) } ?? 1
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let references = try Experiments.all.map { try sandbox.reference(["\($0).yaml"]) }

    let tally = Mutex(Tally())
    let start = Date()
    DispatchQueue.concurrentPerform(iterations: count) { number in
      let name = Experiments.all[number % Experiments.all.count]
      let reference = references[number % Experiments.all.count]
      do {
        let crashes = try disturb(name, number: number, seed: seed, reference, sandbox)
        tally.withLock { $0.add(name, crashes) }
      } catch {
        Issue.record("run \(number) (\(name), seed \(seed)): \(error)")
      }
    }
    let total = tally.withLock { $0 }
    let seconds = Int(Date().timeIntervalSince(start))
    print("crashes: \(total.text), in \(seconds) s, seed \(seed)")
    #expect(total.equal == count)
  }

  private struct Tally {
    var equal = 0
    private var crashes = 0
    private var resumes = 0
    private var chains = 0
    private var targets: [String: Int] = [:]
    private var names: [String: Int] = [:]

    mutating func add(_ name: String, _ kills: [Target]) {
      equal += 1
      crashes += kills.count
      resumes += kills.count - 1
      if kills.count == 5 { chains += 1 }
      names[name, default: 0] += 1
      for kill in kills { targets["\(kill)", default: 0] += 1 }
    }

    var text: String {
      let runs = names.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      let kills = targets.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
      return "\(equal) runs with the undisturbed manifest (\(runs.joined(separator: ", "))) after "
        + "\(crashes) kills (\(kills.joined(separator: ", "))), \(resumes) of them during a resume, "
        + "\(chains) chains of five"
    }
  }

  /// Runs an experiment, kills it one to five times, and compares what it comes to.
  ///
  /// - Returns: whom the kills hit.
  private func disturb(
    _ name: String, number: Int, seed: UInt64, _ reference: Reference, _ sandbox: Sandbox
  ) throws -> [Target] {
    var random = SplitMix64(seed: seed &* 1_000_003 &+ UInt64(number))
    let wanted = number % 8 == 7 ? 5 : number % 4 == 1 ? 2 : 1
    var kills: [Target] = []
    let folder = "crash-\(number)"
    var attempts = 0
    var wasKilled = false
    // Becomes smaller with every kill that came too late, the machine having less to do now than before,
    // and larger with every one that came before there was a run. A chain has to fit into one run.
    var longest = reference.seconds / (wanted == 5 ? 2 : 1)
    while true {
      attempts += 1
      guard attempts <= 100 else {
        throw TestFailure("\(wanted) kills did not hit the run in 100 attempts")
      }
      let run = sandbox.runs(folder).first
      let isOver = try run.map { try $0.readInfo().status == .finished } ?? false
      // Killed between the word that it has finished and the last of its files.
      if isOver, kills.count < wanted, !wasKilled {
        // It was over before: from the beginning.
        try FileManager.default.removeItem(atPath: sandbox.path(folder))
        kills = []
        continue
      }
      if isOver, !wasKilled { break }
      let interval = [1, 4, 11, 40, 1000].randomElement(using: &random) ?? 1
      let arguments =
        run.map { ["resume", $0.path] }
        ?? ["\(name).yaml", "--runs-dir", folder, "train.checkpoint.every=\(interval)"]
      let process = try sandbox.start(arguments)
      if kills.count == wanted || isOver {
        let outcome = process.wait()
        wasKilled = false
        guard outcome.code == 0 else {
          throw TestFailure("resume ended with \(outcome.code): \(outcome.text)")
        }
        continue
      }
      let target = Target.allCases.randomElement(using: &random) ?? .both
      usleep(UInt32(Double.random(in: 0.02...1, using: &random) * longest * 1e6))
      let workers = process.workers
      if target != .worker { process.send(SIGKILL) }
      if target != .front {
        // Of several folds one, or all.
        for worker in Bool.random(using: &random) ? workers : Array(workers.prefix(1)) {
          kill(worker, SIGKILL)
        }
      }
      let outcome = process.wait()
      if outcome.code == 0 {
        longest *= 0.8
        wasKilled = false
        continue
      }
      let wasHit = target == .worker ? !workers.isEmpty : outcome.code == -SIGKILL
      guard wasHit else {
        throw TestFailure("ended with \(outcome.code) unharmed: \(outcome.text)")
      }
      if !sandbox.runs(folder).isEmpty {
        kills.append(target)
        wasKilled = true
      } else {
        longest = min(longest * 1.25, reference.seconds)
      }
    }
    guard let run = sandbox.runs(folder).first else { throw TestFailure("no run") }
    try compare(run, reference)
    try FileManager.default.removeItem(atPath: sandbox.path(folder))
    return kills
  }

  private func compare(_ run: RunDirectory, _ reference: Reference) throws {
    guard try run.manifest() == reference.manifest else {
      throw TestFailure("another manifest:\n\(try run.manifest())\nnot\n\(reference.manifest)")
    }
    // What depends on the clock is there as well, and nothing else.
    let left = Self.plainNames(run)
    guard left == Self.plainNames(reference.run) else {
      throw TestFailure("other files: \(left), not \(Self.plainNames(reference.run))")
    }
    for name in ["metrics.jsonl", "timings.jsonl"] {
      let lines = try run.text(name).split(separator: "\n").count
      guard try lines == reference.run.text(name).split(separator: "\n").count else {
        throw TestFailure("\(name) has \(lines) lines")
      }
    }
  }

  private static func plainNames(_ run: RunDirectory) -> Set<String> {
    Set(
      run.files().map { path in
        path.contains("events.out")
          ? path.split(separator: "/").dropLast().joined() + "events" : path
      })
  }
}
