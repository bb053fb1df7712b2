import Testing
import WorkerProtocol

struct WorkPaceTests {
  @Test func aQuickStepIsNotReported() {
    let pace = WorkPace()
    for done in 0...10 { #expect(pace.progress("a", done, of: 10) == nil) }
  }

  @Test func reportsAreTenASecondAndTheEnd() throws {
    let pace = WorkPace(patience: .zero)
    let first = try #require(pace.progress("a", 3, of: 1_000))
    #expect(first.first == 3)
    #expect(first.secondsLeft == nil)
    var reports = 0
    for done in 4..<1_000 where pace.progress("a", done, of: 1_000) != nil { reports += 1 }
    #expect(reports < 900)
    let last = try #require(pace.progress("a", 1_000, of: 1_000))
    #expect(last.isFinished)
    #expect(last.secondsLeft == 0)
  }

  /// Threads that share a step report out of order, and a name begins a new step.
  @Test func nothingRunsBackwards() throws {
    let pace = WorkPace(patience: .zero)
    #expect(pace.progress("a", 5, of: 10) != nil)
    #expect(pace.progress("a", 4, of: 10) == nil)
    let other = try #require(pace.progress("b", 0, of: 10))
    #expect(other.step == "b")
    #expect(!other.isFinished)
  }

  @Test func theTimeLeftIsAtTheMeanSpeed() {
    #expect(WorkProgress("a", done: 30, total: 50, first: 10, seconds: 4).secondsLeft == 4)
    #expect(WorkProgress("a", done: 30, total: 0, seconds: 4).secondsLeft == nil)
    #expect(WorkProgress("a", done: 60, total: 50, seconds: 4).secondsLeft == 0)
  }
}
