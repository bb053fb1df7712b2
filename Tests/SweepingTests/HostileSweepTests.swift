import ExperimentConfig
import Files
import Foundation
import Glibc
import RunRecord
import TestSupport
import Testing

@testable import Sweeping

/// A sweep that somebody else has made leads nowhere else, and shares no locks.
@Suite struct HostileSweepTests {
  private let folder: TemporaryFolder
  private let sweep: SweepDirectory

  init() throws {
    folder = try TemporaryFolder()
    sweep = SweepDirectory(path: folder.path + "/sweep")
    for name in ["trials", "logs"] { try AtomicFile.createFolder(sweep.file(name)) }
    try AtomicFile.createFolder(folder.path + "/elsewhere/weights")
    for name in ["best", "last"] {
      try folder.write([1], "elsewhere/weights/\(name).safetensors")
    }
  }

  private func isUntouched() throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/elsewhere/weights").count
      == 2
  }

  @Test(arguments: [
    "/../../../elsewhere", "..", "a/b", "", ".", "abc.tmp", "a\\u0000b", "ü",
    String(repeating: "a", count: 65),
  ])
  func hashesAreCheckedWhenTheyAreRead(hash: String) {
    let text = #"{"number": 1, "values": [], "hash": "\#(hash)"}"#
    #expect(throws: (any Error).self) {
      try JSONText.decode(SweepFile.Trial.self, from: Array(text.utf8))
    }
  }

  @Test func ordinaryHashesAreRead() throws {
    for hash in ["0123456789ab", "invalid"] {
      let trial = SweepFile.Trial(number: 3, values: ["1"], hash: hash)
      #expect(try JSONText.decode(SweepFile.Trial.self, from: JSONText.encode(trial)) == trial)
    }
  }

  /// What keeping no weights removes lies in the trial.
  @Test func weightsThatAreElsewhereStay() throws {
    let trial = SweepFile.Trial(number: 1, values: [], hash: "abc")
    let run = sweep.trial(trial)
    try run.write("{}", to: "run.json")
    #expect(symlink(folder.path + "/elsewhere/weights", run.file("weights")) == 0)
    #expect(throws: FileError.self) { try WeightKeeping.none.apply(to: run) }
    #expect(try isUntouched())
    // Nor are they those of a trial that is a link.
    #expect(symlink(folder.path + "/elsewhere", sweep.file("trials/2-abc")) == 0)
    let other = sweep.trial(SweepFile.Trial(number: 2, values: [], hash: "abc"))
    #expect(throws: FileError.self) { try WeightKeeping.none.apply(to: other) }
    #expect(try isUntouched())
  }

  @Test(arguments: ["sweep.json", "results.csv", "lock", "logs/1-abc.log"])
  func filesThatAreLinks(name: String) async throws {
    let victim = try folder.write([7], "victim")
    #expect(symlink(victim, sweep.file(name)) == 0)
    switch name {
    case "lock": #expect(throws: FileError.self) { _ = try SweepLock(sweep) }
    case "sweep.json": #expect(throws: FileError.self) { _ = try sweep.read() }
    case "results.csv":
      try sweep.write(
        SweepTable(keys: [], objective: "validation_loss", higherIsBetter: false, rows: []))
    default:
      let run = sweep.trial("1-abc")
      try run.write("{}", to: "run.json")
      let launcher = LocalLauncher(program: "/bin/true", jobs: 1)
      await #expect(throws: FileError.self) {
        _ = try await launcher.run(run, untilEpoch: nil, log: sweep.file(name))
      }
    }
    #expect(try folder.read("victim") == [7])
  }

  // MARK: Runs that stand for trials

  @Test func locksAndCheckpointsAreNotShared() throws {
    let earlier = RunDirectory(path: folder.path + "/earlier")
    try AtomicFile.createFolder(earlier.path)
    for name in [
      "run.json", "weights/best.safetensors", "fold-1/run.json", ".lock", "fold-1/.worker.lock",
      "checkpoints/000000000001/state.json", "fold-1/checkpoints/x", ".abc.tmp",
    ] { try earlier.write("x", to: name) }
    try EarlierRuns.link(earlier.folder, to: "trials/.1-abc.tmp", in: sweep.folder)
    let trial = sweep.folder.directory("trials/.1-abc.tmp")
    #expect(try trial.files() == ["fold-1/run.json", "run.json", "weights/best.safetensors"])
    var status = stat()
    #expect(stat(trial.file("run.json"), &status) == 0 && status.st_nlink == 2)
  }

  @Test func aLinkInAnEarlierRunIsNotTaken() throws {
    let earlier = RunDirectory(path: folder.path + "/earlier")
    try AtomicFile.createFolder(earlier.path)
    try earlier.write("x", to: "run.json")
    let victim = try folder.write([7], "victim")
    #expect(symlink(victim, earlier.file("metrics.jsonl")) == 0)
    try EarlierRuns.link(earlier.folder, to: "trials/1-abc", in: sweep.folder)
    #expect(try sweep.folder.names(in: "trials/1-abc") == ["run.json"])
  }

  // MARK: Signals

  /// Once a trial's process has ended, its number and its group's may belong to somebody else.
  @Test func noSignalGoesToAProcessThatHasEnded() async throws {
    let run = sweep.trial("1-abc")
    try run.write("{}", to: "run.json")
    let program = try folder.write(
      Array(
        "#!/bin/sh\nsleep 600 >/dev/null 2>&1 </dev/null &\necho $! >'\(folder.path)/child'\n".utf8),
      "program")
    #expect(chmod(program, 0o755) == 0)
    let launcher = LocalLauncher(program: program, jobs: 1)
    let ending = try await launcher.run(run, untilEpoch: nil, log: sweep.file("logs/1-abc.log"))
    #expect(ending == .done)
    launcher.interrupt()
    launcher.interrupt()
    try await Task.sleep(for: .milliseconds(100))
    let text = try folder.text("child").filter { !$0.isWhitespace }
    let child = try #require(pid_t(text))
    // In the group of the process that has ended.
    #expect(kill(child, 0) == 0)
    #expect(kill(child, SIGKILL) == 0)
  }

  @Test func whoStillRunsIsTold() async throws {
    let run = sweep.trial("1-abc")
    try run.write("{}", to: "run.json")
    let program = try folder.write(
      Array("#!/bin/sh\n: >'\(folder.path)/ready'\nexec sleep 30\n".utf8), "program")
    #expect(chmod(program, 0o755) == 0)
    let launcher = LocalLauncher(program: program, jobs: 1)
    async let ending = launcher.run(run, untilEpoch: nil, log: sweep.file("logs/1-abc.log"))
    for _ in 0..<500 where try !folder.names().contains("ready") {
      try await Task.sleep(for: .milliseconds(10))
    }
    launcher.interrupt()
    #expect(try await ending == .signaled(SIGTERM))
  }
}
