import Classification
import ExperimentConfig
import Reporting
import RunRecord
import Testing
import WorkerProtocol

struct ConsoleReporterTests {
  private let capture = Capture()

  private func size(epochs: Int = 10) -> JobSize {
    JobSize(
      trainExamples: 48_000, validationExamples: 12_000, testExamples: 10_000, epochs: epochs,
      stepsPerEpoch: 750, totalSteps: epochs * 750,
      score: EpochScore(ClassificationTask(classes: 10)))
  }

  private func epoch(
    _ epoch: Int, loss: Double = 0.25, values: [String: Double]? = nil, rate: Double = 61_234.4
  ) -> WorkerEvent {
    let values =
      values ?? [
        "train_loss": 0.5, "train_accuracy": 0.9, "val_loss": loss, "val_accuracy": 0.98769,
      ]
    return .epoch(
      EpochRecord(fold: 0, epoch: epoch, values: values),
      EpochTiming(
        fold: 0, epoch: epoch, trainSeconds: 1.25, evaluationSeconds: 0.25,
        examplesPerSecond: rate))
  }

  private func step(_ step: Int, rate: Double = 61_234) -> WorkerEvent {
    .step(
      StepRecord(
        epoch: 1, step: step, stepInEpoch: step, loss: 0.5, meanLoss: 0.625,
        examplesPerSecond: rate))
  }

  @Test func aLogHearsOfAPassEveryMinute() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    for second in 1...150 {
      reporter.show(
        .features(
          FeatureProgress(
            done: 10 * second, total: 6_000, computed: 10 * second, seconds: Double(second))))
    }
    #expect(
      capture.next() == """
        frozen layers: 600 of 6,000, 9:00 left
        frozen layers: 1,200 of 6,000, 8:00 left

        """)
    var quiet = ConsoleReporter(capture.terminal(), isQuiet: true)
    quiet.show(.features(FeatureProgress(done: 10, total: 6_000, computed: 10, seconds: 100)))
    #expect(capture.next() == "")
  }

  /// Where nothing is chosen, no epoch is marked as the best.
  @Test func theLastEpochCountsWithoutAMark() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    var size = size()
    size.choosesEpoch = false
    reporter.begin(.folds(count: 3, inRepeat: 3), count: 3, atOnce: 1)
    reporter.show(.begin(size), part: 1)
    #expect(capture.next().contains("the last epoch is used"))
    reporter.show(epoch(1, loss: 0.5), part: 1)
    reporter.show(epoch(2, loss: 0.25), part: 1)
    #expect(!capture.next().contains("●"))
  }

  @Test func seedsAreNamed() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    reporter.begin(.seeds([9_998, 9_999, 10_000]), count: 3, atOnce: 1)
    reporter.show(.begin(size()), part: 1)
    reporter.show(.begin(size()), part: 2)
    #expect(
      capture.next().hasSuffix(
        """
           seed  epoch   train loss  accuracy   val loss  accuracy   images/s     time

        """))
    reporter.show(epoch(1), part: 3)
    #expect(capture.next().hasPrefix("  10000   1/10       0.5000"))
    reporter.show(epoch(1), part: 1)
    #expect(capture.next().hasPrefix("   9998   1/10       0.5000"))
  }

  private var end: WorkerEvent {
    .end(
      RunSummary(
        status: "finished", identity: "", dataset: "", parameters: .init(total: 0, trainable: 0),
        epochs: 1, bestEpoch: 1, validation: [:], test: [:]))
  }

  /// Epochs of folds that are trained at the same time are not interleaved.
  @Test func oneLineAFoldOfThoseAtTheSameTime() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    reporter.begin(.folds(count: 2, inRepeat: 2), count: 2, atOnce: 2)
    for part in [1, 2] { reporter.show(.begin(size()), part: part) }
    #expect(
      capture.next().contains("a line for each fold once it has finished: its best epoch\n"))
    for (number, loss) in [(1, 0.5), (2, 0.25), (3, 0.75)] {
      for part in [1, 2] { reporter.show(epoch(number, loss: loss), part: part) }
    }
    #expect(capture.next() == "")
    reporter.show(end, part: 2)
    // The best epoch, and the time of all.
    #expect(
      capture.next()
        == "     2   2/10       0.5000    90.00%     0.2500    98.77%     61,234   4.50 s\n")
    reporter.show(end, part: 1)
    #expect(capture.next().hasPrefix("     1   2/10 "))
  }

  @Test func aBarForAllFoldsAtTheSameTime() {
    let terminal = capture.terminal(["NO_COLOR": "1"], isTerminal: true)
    var reporter = ConsoleReporter(terminal, isQuiet: false)
    reporter.begin(.folds(count: 2, inRepeat: 2), count: 2, atOnce: 2)
    for part in [1, 2] { reporter.show(.begin(size()), part: part) }
    _ = capture.next()
    reporter.show(step(3750), part: 1)
    #expect(capture.next().hasPrefix("\r\u{1B}[2K  0 of 2 folds  ━━━━━───────────────  25%"))
    reporter.show(end, part: 1)
    _ = capture.next()
    reporter.show(step(3750), part: 2)
    #expect(capture.next().contains("  1 of 2 folds  ━━━━━━━━━━━━━━━─────  75%"))
    // A fold alone has its own bar and its epochs.
    reporter.begin(.folds(count: 2, inRepeat: 2), count: 1, atOnce: 2)
    reporter.show(.begin(size()), part: 2)
    _ = capture.next()
    reporter.show(epoch(1), part: 2)
    #expect(capture.next().contains("   1/10 "))
  }

  @Test func oneLineAnEpochWhereNobodyWatches() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    reporter.show(.begin(size()))
    #expect(
      capture.next() == """
        48,000 training, 12,000 validation, 10,000 test examples
        training columns: running means over the epoch, in training mode

          epoch   train loss  accuracy   val loss  accuracy   images/s     time

        """)
    for number in 1...750 { reporter.show(step(number)) }
    #expect(capture.next() == "")
    reporter.show(epoch(1))
    #expect(
      capture.next()
        == "   1/10       0.5000    90.00%     0.2500    98.77%     61,234   1.50 s ●\n")
    reporter.show(epoch(2, loss: 0.25))
    #expect(
      capture.next() == "   2/10       0.5000    90.00%     0.2500    98.77%     61,234   1.50 s\n")
    reporter.show(epoch(10, loss: 0.125))
    #expect(
      capture.next()
        == "  10/10       0.5000    90.00%     0.1250    98.77%     61,234   1.50 s ●\n")
    reporter.show(
      .end(
        RunSummary(
          status: "finished", identity: "", dataset: "", parameters: .init(total: 0, trainable: 0),
          epochs: 1, bestEpoch: 1, validation: [:], test: [:])))
    reporter.show(.failure(WorkerFailure(exitCode: 2, message: "why")))
    #expect(capture.next() == "")
  }

  /// For any number of epochs the numbers end where their headings do.
  @Test(arguments: [1, 5, 10, 100, 1_000, 100_000])
  func columnsStandUnderTheirHeadings(_ epochs: Int) throws {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    reporter.show(.begin(size(epochs: epochs)))
    let heading = try #require(capture.next().split(separator: "\n").last)
    for number in Set([1, epochs]) {
      reporter.show(epoch(number))
      let line = capture.next().split(separator: "\n")[0]
        .replacing(" ●", with: "")
      #expect(line.count == heading.count)
      for (title, cell) in [
        ("epoch", "/\(epochs)"), ("train loss", "0.5000"), ("val loss", "0.2500"),
      ] {
        let titleEnd = try #require(heading.firstRange(of: title)).upperBound
        let cellEnd = try #require(line.firstRange(of: cell)).upperBound
        #expect(
          heading[..<titleEnd].count == line[..<cellEnd].count, "\(title)")
      }
      if epochs <= 10_000 { #expect(line.count + 2 <= 80) }
    }
  }

  @Test func whatIsNoNumberIsShownAndEndsNothing() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    reporter.show(.begin(size()))
    _ = capture.next()
    reporter.show(epoch(1, loss: .nan, rate: .infinity))
    #expect(
      capture.next() == "   1/10       0.5000    90.00%        nan    98.77%          –   1.50 s\n")
    reporter.show(epoch(2, values: ["train_loss": .infinity], rate: .nan))
    #expect(
      capture.next() == "   2/10          inf         –          –         –          –   1.50 s\n")
    // A number after NaN is the best one.
    reporter.show(epoch(3, loss: 7))
    #expect(capture.next().hasSuffix("●\n"))
  }

  @Test func anEpochBeforeTheBeginningIsNotShown() {
    var reporter = ConsoleReporter(capture.terminal(isTerminal: true), isQuiet: false)
    reporter.show(epoch(1))
    reporter.show(step(1))
    #expect(capture.text == "")
  }

  @Test func showsABarOnATerminal() {
    let terminal = capture.terminal(["NO_COLOR": "1"], isTerminal: true, columns: 100)
    var reporter = ConsoleReporter(terminal, isQuiet: false)
    reporter.show(.begin(size()))
    _ = capture.next()
    reporter.show(step(3750))
    let bar = capture.next()
    #expect(
      bar.hasPrefix("\r\u{1B}[2K   1/10  ━━━━━━━━━━──────────  50%  loss 0.6250  61,234/s  0:0"))
    #expect(bar.hasSuffix(" left"))
    // The bar gives way to the epoch's line.
    reporter.show(epoch(1))
    let line = capture.next()
    #expect(line.hasPrefix("\r\u{1B}[2K   1/10 "))
    #expect(line.hasSuffix("●\n"))
    reporter.show(epoch(2))
    #expect(!capture.next().contains("\u{1B}"))
    for rate in [.infinity, .nan, -.infinity, 1e300] { reporter.show(step(1, rate: rate)) }
    #expect(capture.next().contains("–/s"))
    reporter.warn("careful")
    #expect(capture.next() == "\r\u{1B}[2Kwarning: careful\n")
  }

  @Test(arguments: [1, 2, 10, 40, 79])
  func theBarFitsIntoOneLine(_ columns: Int) {
    let terminal = capture.terminal(isTerminal: true, columns: columns)
    var reporter = ConsoleReporter(terminal, isQuiet: false)
    reporter.show(.begin(size()))
    _ = capture.next()
    reporter.show(step(7))
    #expect(capture.next().dropFirst("\r\u{1B}[2K".count).count <= columns - 1)
  }

  @Test func aJobWithoutStepsShowsABar() {
    var reporter = ConsoleReporter(capture.terminal(isTerminal: true), isQuiet: false)
    var size = size()
    size.totalSteps = 0
    reporter.show(.begin(size))
    reporter.show(step(0))
    reporter.show(step(5))
    #expect(capture.text.contains("100%"))
  }

  @Test func quietShowsWarningsAlone() {
    var reporter = ConsoleReporter(capture.terminal(isTerminal: true), isQuiet: true)
    reporter.show(.begin(size()))
    reporter.show(step(1))
    reporter.show(epoch(1))
    reporter.say("hello")
    reporter.sink("hello")
    #expect(capture.next() == "")
    reporter.show(.warning("careful"))
    #expect(capture.next() == "\u{1B}[33;1mwarning: \u{1B}[0mcareful\n")
  }

  @Test func warningsCannotSteerTheTerminal() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    reporter.warn("a\u{1B}[2Jb\r\n  because")
    #expect(!capture.text.contains("\u{1B}") && !capture.text.unicodeScalars.contains("\r"))
    #expect(capture.text.hasPrefix("warning: a"))
    #expect(capture.text.hasSuffix("\n  because\n"))
  }

  @Test func saysLinesFromAnywhere() async {
    let reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    let sink = reporter.sink
    await withTaskGroup { group in
      for _ in 0..<20 { group.addTask { sink("line") } }
    }
    #expect(capture.text == String(repeating: "line\n", count: 20))
  }

  /// A second fold begins anew.
  @Test func theBestIsTheBestOfItsJob() {
    var reporter = ConsoleReporter(capture.terminal(), isQuiet: false)
    for _ in 1...2 {
      reporter.show(.begin(size()))
      reporter.show(epoch(1))
    }
    #expect(capture.text.count { $0 == "●" } == 2)
  }
}
