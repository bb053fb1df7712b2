import Reporting
import Testing
import WorkerProtocol

struct StepLineTests {
  private let capture = Capture()

  private func progress(
    _ done: Int, of total: Int = 60_000, first: Int = 0, _ seconds: Double,
    unit: WorkProgress.Unit = .items
  ) -> WorkProgress {
    WorkProgress(
      "reading images", done: done, total: total, unit: unit, first: first, seconds: seconds)
  }

  @Test func aTerminalSeesABarWithTheTimeLeft() {
    let line = StepLine(capture.terminal(isTerminal: true))
    line.show(progress(15_000, 5))
    #expect(
      capture.next()
        == "\r\u{1B}[2K  reading images  ━━━━━───────────────  25%  15,000 of 60,000  0:15 left")
    // What an earlier process did says nothing about the speed.
    line.show(progress(30_000, first: 20_000, 5))
    #expect(capture.next().hasSuffix(" 50%  30,000 of 60,000  0:15 left"))
    line.show(progress(25_000_000, of: 100_000_000, 10, unit: .bytes))
    #expect(capture.next().hasSuffix(" 25%  25.0 MB of 100 MB  0:30 left"))
    line.show(progress(60_000, 20))
    #expect(capture.next() == "\r\u{1B}[2K")
    line.clear()
    #expect(capture.next() == "")
  }

  /// A server need not say how long a file is.
  @Test func withoutATotalThereIsNoBar() {
    let line = StepLine(capture.terminal(isTerminal: true))
    line.show(progress(1_500, of: 0, 5, unit: .bytes))
    #expect(capture.next() == "\r\u{1B}[2K  reading images  1.50 kB")
  }

  @Test func noLineIsWiderThanTheTerminal() {
    let line = StepLine(capture.terminal(isTerminal: true))
    line.show(
      WorkProgress(
        "a step with a very long name", done: 999_999_999, total: 1_000_000_000, seconds: 1e9))
    #expect(capture.next().count <= 80 + "\r\u{1B}[2K".count)
  }

  @Test func aLogHearsOfItEveryMinute() {
    let line = StepLine(capture.terminal())
    for second in 1...150 { line.show(progress(100 * second, Double(second))) }
    #expect(
      capture.next() == """
        reading images: 6,000 of 60,000, 9:00 left
        reading images: 12,000 of 60,000, 8:00 left

        """)
    let quiet = StepLine(capture.terminal(isTerminal: true), isQuiet: true)
    quiet.show(progress(15_000, 5))
    #expect(capture.next() == "")
  }

  @Test func aStepOfThisProcessIsShownAfterItsPatience() {
    let patient = StepLine(capture.terminal(isTerminal: true))
    for done in 0...100 { patient.show("a step", done, of: 100) }
    #expect(capture.next() == "")
    let eager = StepLine(
      capture.terminal(isTerminal: true), pace: WorkPace(patience: .zero))
    eager.show("a step", 0, of: 100)
    #expect(capture.next().contains("a step"))
    eager.show("a step", 100, of: 100)
    #expect(capture.next() == "\r\u{1B}[2K")
  }
}
