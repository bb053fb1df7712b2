import ExperimentConfig
import RunRecord

/// Shows a run to the person who started it: a progress bar on a terminal, one line an epoch
/// elsewhere.
package struct ConsoleReporter {
  private let terminal: Terminal
  private let isQuiet: Bool
  private var size: JobSize?
  private var bestLoss = Double.infinity
  private var isBarShown = false
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant?

  package init(_ terminal: Terminal, isQuiet: Bool) {
    self.terminal = terminal
    self.isQuiet = isQuiet
  }

  package mutating func show(_ event: RunEvent) {
    switch event {
    case .begin(let size): begin(size)
    case .step(let step): show(step)
    case .epoch(let record, let timing): show(record, timing)
    case .warning(let text): warn(text)
    case .end, .engine, .failure: clearBar()
    }
  }

  /// Something that must not be missed; also shown with `--quiet`.
  package mutating func warn(_ text: String) {
    clearBar()
    terminal.write(terminal.yellow("warning: ") + text + "\n")
  }

  /// A line about what is being done.
  package mutating func say(_ text: String) {
    if isQuiet { return }
    clearBar()
    terminal.write(text + "\n")
  }

  /// Says lines from any thread, before the training begins.
  package var sink: @Sendable (String) -> Void {
    { [terminal, isQuiet] in if !isQuiet { terminal.write($0 + "\n") } }
  }

  private mutating func begin(_ size: JobSize) {
    self.size = size
    start = clock.now
    let counts = [
      (size.trainExamples, "training"), (size.validationExamples, "validation"),
      (size.testExamples, "test"),
    ].map { "\(NumberText.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
    say(terminal.dim("\(counts) examples"))
    say("")
    say(terminal.bold("  epoch   train loss  accuracy   val loss  accuracy   images/s     time"))
  }

  private mutating func show(_ step: StepRecord) {
    guard terminal.isInteractive, !isQuiet, let size, let start else { return }
    let done = Double(step.step) / Double(max(size.totalSteps, 1))
    let elapsed = start.duration(to: clock.now)
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let left = seconds / max(done, 1e-9) * (1 - done)
    let bar = ProgressBar.render(done, width: 20)
    let text =
      "  \(Self.epoch(step.epoch, of: size.epochs))  \(bar)  "
      + "loss \(NumberText.fixed(step.meanLoss, 4))  "
      + "\(NumberText.grouped(Int(step.examplesPerSecond)))/s  "
      + "\(Self.clockText(left)) left"
    terminal.write("\r\u{1B}[2K" + String(text.prefix(terminal.width - 1)))
    isBarShown = true
  }

  private mutating func show(_ record: EpochRecord, _ timing: EpochTiming) {
    guard let size else { return }
    func value(_ key: String) -> Double { record.values[key] ?? .nan }
    let loss = value("val_loss")
    let isBest = loss < bestLoss
    bestLoss = min(bestLoss, loss)
    let cells = [
      Self.epoch(record.epoch, of: size.epochs),
      Self.padded(NumberText.fixed(value("train_loss"), 4), 11),
      Self.padded(Self.percent(value("train_accuracy")), 8),
      Self.padded(NumberText.fixed(loss, 4), 9),
      Self.padded(Self.percent(value("val_accuracy")), 8),
      Self.padded(NumberText.grouped(Int(timing.examplesPerSecond)), 9),
      Self.padded(NumberText.fixed(timing.trainSeconds + timing.evaluationSeconds, 1) + " s", 7),
    ]
    say("  " + cells.joined(separator: "  ") + (isBest ? terminal.green(" ●") : ""))
  }

  private mutating func clearBar() {
    if isBarShown { terminal.write("\r\u{1B}[2K") }
    isBarShown = false
  }

  private static func epoch(_ epoch: Int, of epochs: Int) -> String {
    let total = String(epochs)
    return padded(String(epoch), max(total.count, 2)) + "/" + total
  }

  static func percent(_ share: Double) -> String { NumberText.fixed(share * 100, 2) + "%" }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// `1:05` or `2:03:20`.
  static func clockText(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e7).rounded(.up))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let minutes = whole / 60 % 60
    return whole >= 3600
      ? "\(whole / 3600):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
  }
}

package enum ProgressBar {
  /// `━━━━━━━╸────  58%`.
  static func render(_ share: Double, width: Int) -> String {
    let share = min(max(share, 0), 1)
    let halves = Int(share * Double(2 * width))
    let full = halves / 2
    let half = halves % 2 == 1 ? "╸" : ""
    let rest = String(repeating: "─", count: width - full - half.count)
    let percent = String(Int(share * 100))
    return String(repeating: "━", count: full) + half + rest
      + String(repeating: " ", count: 4 - percent.count) + percent + "%"
  }
}
