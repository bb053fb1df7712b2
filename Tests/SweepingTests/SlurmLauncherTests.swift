import Foundation
import RunRecord
import TestSupport
import Testing

@testable import Sweeping

/// Against a stand-in for Slurm's programs, whose queue a test can change.
@Suite(.timeLimit(.minutes(2))) struct SlurmLauncherTests {
  private struct Cluster {
    let folder: TemporaryFolder
    private let tools: String

    /// - Parameter arrayLimit: how many tasks an array may have.
    init(arrayLimit: Int = 1001) throws {
      folder = try TemporaryFolder()
      tools = folder.path + "/tools"
      try FileManager.default.createDirectory(
        atPath: tools, withIntermediateDirectories: true)
      let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let program = tests.path(percentEncoded: false) + "Fixtures/sweep/fake-slurm"
      for name in ["sbatch", "squeue", "scontrol"] {
        try FileManager.default.createSymbolicLink(
          atPath: "\(tools)/\(name)", withDestinationPath: program)
      }
      try write("\(arrayLimit)\n", to: "array")
    }

    func write(_ text: String, to name: String) throws {
      try folder.write(Array(text.utf8), "tools/" + name)
    }

    func remove(_ name: String) throws {
      try FileManager.default.removeItem(atPath: "\(tools)/\(name)")
    }

    /// How `sbatch` was called.
    func submissions() throws -> [String] { try calls("sbatch ") }

    func calls(_ start: String) throws -> [String] {
      guard FileManager.default.fileExists(atPath: tools + "/calls") else { return [] }
      return try folder.text("tools/calls").split(separator: "\n").map(String.init)
        .filter { $0.hasPrefix(start) }
    }

    func launcher(maxConcurrent: Int? = nil, options: String = "") throws -> SlurmLauncher {
      try SlurmLauncher(
        in: folder.path, program: "/runner", options: SlurmOptions(options),
        maxConcurrent: maxConcurrent,
        patience: .milliseconds(50), tools: tools
      ) { _, _ in }
    }

    /// Begins to wait for as many trials as that.
    func run(_ launcher: SlurmLauncher, _ count: Int) -> Task<[TrialEnding], any Error> {
      let (place, log) = (folder.path, folder.path + "/log")
      return Task {
        try await withThrowingTaskGroup(of: TrialEnding.self) { group in
          for index in 1...count {
            group.addTask {
              try await launcher.run(
                RunDirectory(path: "\(place)/trial-\(index)"), untilEpoch: nil, log: log)
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
      }
    }

    /// Ends all tasks of an array with a code.
    func end(_ array: Int, tasks: Int, code: Int = 0) throws {
      for index in 0..<tasks {
        try folder.write(Array("\(code)\n".utf8), "slurm/\(array)/codes/\(index)")
      }
      try write("", to: "queue")
    }

    func wait(_ condition: () throws -> Bool) async throws {
      for _ in 0..<500 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(20))
      }
      Issue.record("it does not come to where it should")
    }

    /// Waits until so many more looks were taken.
    func waitForLooks(_ count: Int) async throws {
      let before = try calls("squeue ").count
      try await wait { try calls("squeue ").count >= before + count }
    }

    /// As the record is before `sbatch` has said a number.
    func forgetNumbers() throws {
      let record = try folder.text("slurm/jobs.json").replacing(#/"job" ?: 1/#, with: "\"job\": 0")
      try folder.write(Array(record.utf8), "slurm/jobs.json")
    }

    /// The numbers that the record has.
    func recorded() throws -> [Int] {
      struct Entry: Decodable { var job: Int }
      let bytes = try folder.read("slurm/jobs.json")
      return try JSONDecoder().decode([Entry].self, from: Data(bytes)).map(\.job)
    }
  }

  @Test func aTaskThatALookDoesNotShowHasNotEnded() async throws {
    let cluster = try Cluster()
    let run = cluster.run(try cluster.launcher(), 2)
    try await cluster.wait { try cluster.submissions().count == 1 }
    try cluster.write("", to: "hidden")
    try await cluster.waitForLooks(8)
    // Nor does who comes back submit it again.
    let back = cluster.run(try cluster.launcher(), 2)
    try await cluster.waitForLooks(16)
    #expect(try cluster.submissions().count == 1)
    try cluster.end(1, tasks: 2)
    #expect(try await run.value == [.done, .done])
    #expect(try await back.value == [.done, .done])
  }

  /// So that nobody throws away what a job that waits will work on.
  @Test func jobsThatAreStillQueuedAreFound() async throws {
    let cluster = try Cluster()
    func active() async throws -> [Int] {
      try await SlurmJobs.active(in: cluster.folder.path, tools: cluster.folder.path + "/tools")
    }
    #expect(try await active().isEmpty)
    #expect(try cluster.calls("squeue ").isEmpty)
    let run = cluster.run(try cluster.launcher(), 2)
    try await cluster.wait { try cluster.submissions().count == 1 }
    try await cluster.wait { try cluster.recorded() == [1] }
    #expect(try await active() == [1])
    try cluster.end(1, tasks: 2)
    #expect(try await run.value == [.done, .done])
    #expect(try await active().isEmpty)
    try cluster.remove("squeue")
    #expect(try await active().isEmpty)
  }

  @Test func aTaskThatIsGoneWithoutACodeIsLost() async throws {
    let cluster = try Cluster()
    let run = cluster.run(try cluster.launcher(), 1)
    try await cluster.wait { try cluster.submissions().count == 1 }
    try await cluster.wait { try cluster.recorded() == [1] }
    try cluster.write("", to: "queue")
    #expect(
      try await run.value == [
        .lost("left the queue without a result (Slurm no longer knows the reason)")
      ])
  }

  /// A task may end after the caller has looked at its run, and before the queue is looked at.
  @Test func whatHasFinishedMeanwhileIsNotSubmittedAgain() async throws {
    let cluster = try Cluster()
    let launcher = try cluster.launcher()
    let run = cluster.run(launcher, 2)
    try await cluster.wait { try cluster.submissions().count == 1 }
    try await cluster.wait { try cluster.recorded() == [1] }
    launcher.interrupt()
    #expect(try await run.value == [.interrupted, .interrupted])
    let trial = cluster.folder.path + "/trial-1"
    try FileManager.default.createDirectory(atPath: trial, withIntermediateDirectories: true)
    try RunDirectory(path: trial).write(json: SmallPreparation.info(.finished), to: "run.json")
    #expect(try RunDirectory(path: trial).readInfo().status == .finished)
    try cluster.end(1, tasks: 2)
    // The other one has ended as well, but its run has not: it is tried again.
    let back = cluster.run(try cluster.launcher(), 2)
    try await cluster.wait { try cluster.submissions().count == 2 }
    #expect(try cluster.submissions().last?.contains("--array=0-0 ") == true)
    try await cluster.wait { try cluster.recorded().contains(2) }
    try cluster.end(2, tasks: 1)
    #expect(try await back.value == [.done, .done])
    #expect(try cluster.submissions().count == 2)
  }

  @Test func noAnswerIsNotAnEmptyQueue() async throws {
    let cluster = try Cluster()
    let launcher = try cluster.launcher()
    let run = cluster.run(launcher, 2)
    try await cluster.wait { try cluster.submissions().count == 1 }
    launcher.interrupt()
    #expect(try await run.value == [.interrupted, .interrupted])
    try cluster.write("2\n", to: "silent")
    let back = cluster.run(try cluster.launcher(), 2)
    try await cluster.waitForLooks(6)
    #expect(try cluster.submissions().count == 1)
    try cluster.end(1, tasks: 2)
    #expect(try await back.value == [.done, .done])
  }

  @Test func noAnswerForLongIsAnError() async throws {
    let cluster = try Cluster()
    try cluster.write("1000\n", to: "silent")
    let run = cluster.run(try cluster.launcher(), 1)
    await #expect(throws: (any Error).self) { try await run.value }
    #expect(try cluster.submissions().isEmpty)
  }

  @Test func whoLeavesWhileItIsSubmittedKnowsItsNumber() async throws {
    let cluster = try Cluster()
    try cluster.write("1\n", to: "slow")
    let launcher = try cluster.launcher()
    let run = cluster.run(launcher, 2)
    try await cluster.wait { try cluster.submissions().count == 1 }
    #expect(try cluster.recorded() == [0])
    launcher.interrupt()
    #expect(try await run.value == [.interrupted, .interrupted])
    #expect(try cluster.recorded() == [1])
  }

  @Test func whoWasKilledWhileItWasSubmittedFindsItAgain() async throws {
    let cluster = try Cluster()
    let launcher = try cluster.launcher()
    let run = cluster.run(launcher, 2)
    try await cluster.wait { try cluster.submissions().count == 1 }
    launcher.interrupt()
    _ = try await run.value
    // What a kill leaves before the number is known.
    try cluster.forgetNumbers()
    #expect(try cluster.recorded() == [0])
    let back = cluster.run(try cluster.launcher(), 2)
    try await cluster.waitForLooks(5)
    #expect(try cluster.submissions().count == 1)
    #expect(try cluster.recorded() == [1])
    try cluster.end(1, tasks: 2)
    #expect(try await back.value == [.done, .done])
  }

  @Test func whatNeverReachedSlurmIsSubmittedAgain() async throws {
    let cluster = try Cluster()
    let launcher = try cluster.launcher()
    let run = cluster.run(launcher, 1)
    try await cluster.wait { try cluster.submissions().count == 1 }
    launcher.interrupt()
    _ = try await run.value
    try cluster.forgetNumbers()
    try cluster.write("", to: "queue")
    let back = cluster.run(try cluster.launcher(), 1)
    try await cluster.wait { try cluster.submissions().count == 2 }
    try await cluster.wait { try cluster.recorded() == [2] }
    try cluster.end(2, tasks: 1)
    #expect(try await back.value == [.done])
  }

  @Test func theCapHoldsOverSeveralArrays() async throws {
    let cluster = try Cluster(arrayLimit: 2)
    let launcher = try cluster.launcher(maxConcurrent: 1, options: "dependency=afterok:9")
    let run = cluster.run(launcher, 5)
    try await cluster.wait { try cluster.submissions().count == 3 }
    let submissions = try cluster.submissions()
    #expect(submissions.map { $0.contains("--array=0-1%1") } == [true, true, false])
    #expect(!submissions[0].contains("afterany"))
    #expect(submissions[1].contains(" --dependency=afterok:9 --dependency=afterany:1 "))
    #expect(submissions[2].contains(" --dependency=afterany:1:2 "))
    launcher.interrupt()
    _ = try await run.value
  }

  @Test func whatLearnsFromResultsIsNotGivenAwayEarly() {
    func capacities(_ maxConcurrent: Int?) -> [Int] {
      [.grid, .random, .tpe, .halving, .asha].map {
        SlurmLauncher.capacity($0, maxConcurrent: maxConcurrent)
      }
    }
    #expect(capacities(nil) == [10_000, 10_000, 1, 10_000, 10_000])
    #expect(capacities(3) == [10_000, 10_000, 3, 3, 3])
  }

  @Test func anArrayWithoutACapOrAnotherOneIsNotHeldBack() {
    let work = SlurmArray.Work(run: "/r", untilEpoch: nil, log: "/l")
    let array = SlurmArray(number: 2, tasks: [work], mark: "m")
    func arguments(_ maxConcurrent: Int?, _ earlier: Set<Int>) -> [String] {
      array.arguments(
        in: "/50%/2", name: "n", maxConcurrent: maxConcurrent, after: earlier, options: ["--x"])
    }
    #expect(!arguments(nil, [1]).joined().contains("dependency"))
    #expect(!arguments(1, []).joined().contains("dependency"))
    #expect(arguments(1, [1]).contains("--comment=m"))
    // Slurm has a meaning for '%' in the name of a file to write, and none in that of the script.
    #expect(arguments(1, []).contains("--output=/50%%/2/%a.out"))
    #expect(arguments(1, []).last == "/50%/2/job.sh")
  }

  @Test(arguments: [
    "job-name=x", "job-n=x", "open-mode=truncate", "no-requeue", "clusters=all", "wait",
    "test-only", "hold", "comment=x", "array=1", "signal=9",
  ])
  func whatTheJobsAreFoundByIsNoOption(option: String) {
    #expect(throws: (any Error).self) { try SlurmOptions("partition=a,\(option)") }
  }

  @Test func otherOptionsGoAlong() throws {
    let options = try SlurmOptions("partition=a,cpus=2,wait-all-nodes=1,dependency=afterok:1")
    #expect(
      options.arguments == [
        "--partition=a", "--cpus-per-task=2", "--wait-all-nodes=1", "--dependency=afterok:1",
      ])
  }
}
