import Files
import Foundation
import RunRecord
import TestSupport
import Testing

@testable import Sweeping

@Suite struct SlurmArrayTests {
  @Test func whatAShellSaysOfASignalIsNoDecisionOfTheTrial() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.createFolder(folder.path + "/codes")
    for (text, ending) in [
      ("0\n", TrialEnding.done), ("75\n", .interrupted), ("2\n", .exited(2)),
      ("137\n", .signaled(9)), ("143\n", .signaled(15)),
    ] {
      try folder.write(Array(text.utf8), "codes/3")
      #expect(SlurmArray.ending(3, in: RootedDirectory(folder.path)) == ending)
    }
    #expect(SlurmArray.ending(4, in: RootedDirectory(folder.path)) == nil)
    #expect(TrialEnding.signaled(9).isCrash)
  }

  @Test func crashesCountUntilATrialComesFurther() {
    var crashes = CrashCount()
    #expect([0, 0, 3, 3, 4].map { crashes.add(epochs: $0) } == [1, 2, 1, 2, 1])
  }

  @Test func pathsAreQuotedForTheShell() {
    let script = SlurmArray.script(folder: "/a b/it's", program: "/opt/run er")
    #expect(script.contains("cd '/a b/it'\\''s' ||"))
    #expect(script.contains("'/opt/run er' \"${arguments[@]}\""))
  }

  /// Runs a task's script whose trial is told to end, on a cluster that says so of the task's state.
  ///
  /// - Returns: the code that the script wrote, and what it asked of Slurm.
  private func end(inState state: String) async throws -> (code: String?, calls: String) {
    let folder = try TemporaryFolder()
    try AtomicFile.createFolder(folder.path + "/tools")
    func write(_ text: String, to name: String) throws {
      let path = try folder.write(Array(("#!/usr/bin/env bash\n" + text).utf8), name)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    try write(
      """
      echo "$*" >>'\(folder.path)/calls'
      case $* in *show*) echo "JobId=7 JobState=\(state) Reason=None" ;; esac

      """, to: "tools/scontrol")
    // As a trial: a moment for its checkpoint.
    try write(
      """
      trap 'sleep 0.1; exit 75' TERM
      : >'\(folder.path)/ready'
      while :; do sleep 0.05; done

      """, to: "trial")
    let array = SlurmArray(
      number: 1, tasks: [.init(run: folder.path, untilEpoch: nil, log: folder.path + "/log")])
    try array.write(to: RootedDirectory(folder.path), program: folder.path + "/trial")
    try write(
      """
      export PATH='\(folder.path)/tools':"$PATH" SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=0
      exec bash '\(folder.path)/job.sh'

      """, to: "task")
    let launcher = LocalLauncher(program: folder.path + "/task", jobs: 1)
    let run = RunDirectory(path: folder.path)
    async let ending = launcher.run(run, untilEpoch: nil, log: folder.path + "/task.log")
    for _ in 0..<500 {
      if try folder.names().contains("ready") { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    launcher.interrupt()
    #expect(try await ending == .done)
    let hasCode = FileManager.default.fileExists(atPath: folder.path + "/codes/0")
    return (hasCode ? try folder.text("codes/0") : nil, try folder.text("calls"))
  }

  @Test func aTaskWhoseTimeIsOverGoesBackIntoTheQueue() async throws {
    let (code, calls) = try await end(inState: "RUNNING")
    #expect(code == nil)
    #expect(calls.hasSuffix("requeue 7_0\n"))
  }

  @Test(arguments: ["COMPLETING", "CANCELLED", "REQUEUED", "PENDING"])
  func aTaskThatIsCancelledEnds(state: String) async throws {
    let (code, calls) = try await end(inState: state)
    #expect(code == "75\n")
    #expect(!calls.contains("requeue"))
  }
}
