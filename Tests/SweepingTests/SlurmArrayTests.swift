import Files
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
      #expect(SlurmArray.ending(3, in: folder.path) == ending)
    }
    #expect(SlurmArray.ending(4, in: folder.path) == nil)
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
}
