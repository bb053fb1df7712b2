import Foundation
import Glibc
import RunRecord
import Testing

/// A sweep whose trials really train: a tenth of them are killed at random moments, and the sweep itself
/// three times. Continued, it is the sweep that nobody disturbed.
///
/// `RUNNER_SWEEP_TRIALS` says how many trials there are, `RUNNER_CRASH_SEED` which moments are drawn.
@Suite struct SweepCrashTests {
  private static let experiment = """
    name: tiny
    seed: 7
    data:
      dataset:
        \(Experiments.dataset)
      transforms: [to_tensor]
      batch_size: 32
    model:
      - flatten
      - linear: 4
    optimizer:
      adam: {lr: 1e-2}
    train:
      epochs: 2
    metrics: [accuracy]
    threads: 1

    """

  @Test(.timeLimit(.minutes(60))) func killedTrialsAndSweepsGiveTheSameResults() throws {
    let variables = ProcessInfo.processInfo.environment
    let count = max(8, (variables["RUNNER_SWEEP_TRIALS"].flatMap { Int($0) } ?? 8) / 4 * 4)
    let seed = variables["RUNNER_CRASH_SEED"].flatMap { UInt64($0) } ?? 1
    let sandbox = try Sandbox()
    try Experiments.writeData(into: sandbox, train: 160, test: 40)
    try sandbox.write(Self.experiment, to: "tiny.yaml")
    let words = [
      "sweep", "tiny.yaml", "lr=logspace[1e-4:1e-1:\(count / 4)]", "batch_size=[8,16,32,64]",
    ]
    let serial = try sandbox.run(words + ["--jobs", "1", "--runs-dir", "serial"])
    #expect(serial.code == 0, "\(serial.text)")

    let trial = serial.seconds / Double(count)
    var random = SplitMix64(seed: seed)
    var killed: Set<String> = []
    let disturbed = words + ["--jobs", "2", "--runs-dir", "disturbed"]
    for part in 1...3 {
      let process = try sandbox.start(disturbed)
      while process.isRunning, finished(sandbox, "disturbed") < part * count / 4 {
        usleep(UInt32(Double.random(in: 0.1...1, using: &random) * trial * 1e6))
        if killed.count * 10 < part * count / 3 { killed.formUnion(kill(in: process, &random)) }
      }
      process.send(SIGKILL)
      let outcome = process.wait()
      #expect(outcome.code == -SIGKILL, "\(outcome.text)")
    }
    let last = try sandbox.run(disturbed)
    #expect(last.code == 0, "\(last.text)")
    print(
      "sweep: \(count) trials, \(killed.count) of them and the sweep killed three times; "
        + "one after another \(Int(serial.seconds)) s, seed \(seed)")
    try compare(sandbox, count)
    #expect(killed.count * 10 >= count / 2)
  }

  private func compare(_ sandbox: Sandbox, _ count: Int) throws {
    let folders = try ["serial", "disturbed"].map { folder in
      try #require(try FileManager.default.contentsOfDirectory(atPath: sandbox.path(folder)).first)
    }
    let paths = zip(["serial", "disturbed"], folders).map { sandbox.path("\($0)/\($1)") }
    let tables = try paths.map { try String(contentsOfFile: $0 + "/results.csv", encoding: .utf8) }
    #expect(tables[0] == tables[1])
    #expect(tables[1].split(separator: "\n").count == count + 1)
    let trials = try paths.map {
      try FileManager.default.contentsOfDirectory(atPath: $0 + "/trials").sorted()
    }
    // None twice, and no leavings.
    #expect(trials[1].count == count)
    #expect(trials[0] == trials[1])
    for trial in trials[0] {
      let runs = paths.map { RunDirectory(path: "\($0)/trials/\(trial)") }
      #expect(try runs[0].manifest() == runs[1].manifest(), "\(trial)")
      #expect(try runs[1].text("metrics.jsonl").split(separator: "\n").count == 2, "\(trial)")
    }
  }

  private func finished(_ sandbox: Sandbox, _ folder: String) -> Int {
    let names =
      (try? FileManager.default.subpathsOfDirectory(atPath: sandbox.path(folder))) ?? []
    return names.count { $0.hasSuffix("/MANIFEST.sha256") }
  }

  /// Kills the process of a trial, its worker, or both.
  ///
  /// - Returns: the trial's directory.
  private func kill(in sweep: Spawned, _ random: inout SplitMix64) -> Set<String> {
    let trials = ProcessTable.children(of: sweep.identifier).compactMap {
      process -> (Int32, String)? in
      let words = ProcessTable.words(of: process)
      return words.count > 2 && words[1] == "resume" ? (process, words[2]) : nil
    }
    guard let (process, path) = trials.randomElement(using: &random) else { return [] }
    let workers = ProcessTable.children(of: process)
    let target = Int.random(in: 0..<3, using: &random)
    if target != 0 { Glibc.kill(process, SIGKILL) }
    if target != 1 || workers.isEmpty {
      for worker in workers { Glibc.kill(worker, SIGKILL) }
    }
    return target == 0 && workers.isEmpty ? [] : [path]
  }
}

/// What the system says of processes.
private enum ProcessTable {
  static func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { return false }
      // The state, then the parent.
      let words = text[end...].split(separator: " ").dropFirst()
      return words.first != "Z" && words.dropFirst().first.flatMap { Int32($0) } == parent
    }
  }

  static func words(of process: Int32) -> [String] {
    let text = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
    return text.split(separator: "\0").map(String.init)
  }
}
