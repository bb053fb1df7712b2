import Diagnostics
import ExperimentConfig
import RunRecord
import TaskRegistry
import WorkerProtocol

/// Shows the progress of a run: a progress bar on a terminal, one line per epoch elsewhere.
package struct ConsoleReporter {
  private let terminal: Terminal
  private let isQuiet: Bool
  private var size: JobSize?
  private var bestLoss: [Int: Double] = [:]
  private var parts: Experiment.Parts?
  /// The part whose event is shown; 0 for a run with a single training.
  private var part = 0
  private var hasBegun = false
  /// The parts that are trained at the same time; `nil` if they are trained one after another.
  private var parallel: ParallelParts?
  private var isBarShown = false
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant?
  /// Steps other than training.
  package let steps: StepLine

  package init(_ terminal: Terminal, isQuiet: Bool) {
    self.terminal = terminal
    self.isQuiet = isQuiet
    steps = StepLine(terminal, isQuiet: isQuiet)
  }

  /// Announces that the events that follow are those of folds or seeds.
  ///
  /// - Parameters:
  ///   - count: how many of them are left to train.
  ///   - jobs: how many are trained at the same time.
  package mutating func begin(_ parts: Experiment.Parts, count: Int, atOnce jobs: Int) {
    self.parts = parts
    parallel = min(jobs, count) > 1 ? ParallelParts(count: count) : nil
  }

  /// - Parameter part: the part that sent the event, starting at 1; 0 for a run with a single
  ///   training.
  package mutating func show(_ event: WorkerEvent, part: Int = 0) {
    self.part = part
    switch event {
    case .features(let progress): show(progress)
    case .begin(let size): begin(size)
    case .step(let step): show(step)
    case .epoch(let record, let timing): show(record, timing)
    case .warning(let text): warn(text)
    case .work(let progress): if parallel == nil { steps.show(progress) }
    case .end: end()
    case .calibration, .embedding, .engine, .explanation, .failure, .inspection, .profile,
      .prediction, .rateStep, .rateTest, .script, .tableExplanation, .timing:
      clearBar()
    }
  }

  /// Shows a warning, even with `--quiet`.
  package mutating func warn(_ text: String) {
    clearBar()
    // The text may come from a file or a library.
    terminal.write(terminal.yellow("warning: ") + TerminalText.printable(text) + "\n")
  }

  /// Shows a status line.
  package mutating func say(_ text: String) {
    if isQuiet { return }
    clearBar()
    terminal.write(text + "\n")
  }

  /// Shows lines from any thread, before training begins.
  package var sink: @Sendable (String) -> Void {
    { [terminal, isQuiet, steps] text in
      if isQuiet { return }
      steps.clear()
      terminal.write(text + "\n")
    }
  }

  private mutating func begin(_ size: JobSize) {
    self.size = size
    start = clock.now
    bestLoss[part] = nil
    if parts != nil, hasBegun { return }
    hasBegun = true
    let counts = [
      (size.trainExamples, "training"), (size.validationExamples, "validation"),
      (size.testExamples, "test"),
    ].map { "\(NumberText.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
    say(terminal.dim("\(counts) examples"))
    if size.epochs == 0 { return }
    say(terminal.dim("training columns: running means over the epoch, in training mode"))
    if let mixes = size.mixes {
      say(
        terminal.dim(
          "they are of batches mixed by \(mixes): not comparable with the validation columns"))
    }
    if let teacher = size.teacher {
      say(terminal.dim("the training loss includes the comparison with the teacher"))
      say(terminal.dim("  " + TerminalText.printable(teacher)))
    }
    if let first = size.averagedFrom {
      say(terminal.dim("the result is the average of the weights from epoch \(first) on;"))
      say(terminal.dim("  the validation columns are of each epoch's own weights"))
    } else if size.validationExamples == 0 {
      say(terminal.dim("no validation examples: the last epoch is used"))
    } else if !size.choosesEpoch {
      say(terminal.dim("held-out folds do not select an epoch: the last epoch is used"))
    }
    if let parts, parallel != nil {
      let which = size.choosesEpoch ? "its best epoch" : "its last epoch"
      say(terminal.dim("a line for each \(parts.word) once it has finished: \(which)"))
    }
    say("")
    let space = String(repeating: " ", count: Self.epochWidth(of: size.epochs) - 5)
    let score = Self.padded(scoreLabel(size.score), 8)
    say(
      terminal.bold(
        "  \(partHeading)\(space)epoch   train loss" + (size.score.isCounted ? "  \(score)" : "")
          + "   val loss  \(score)   images/s     time"))
  }

  private mutating func show(_ progress: FeatureProgress) {
    let rate = Double(progress.computed) / max(progress.seconds, 1e-9)
    if progress.done == progress.total {
      let counted = "\(NumberText.grouped(progress.total)) examples"
      return say(
        terminal.dim(
          progress.computed == 0
            ? "frozen layers: \(counted) found in the cache"
            : "frozen layers: \(counted) in \(NumberText.duration(progress.seconds)) "
              + "(\(Self.rate(rate))/s)"))
    }
    steps.show(
      WorkProgress(
        "frozen layers", done: progress.done, total: progress.total,
        first: progress.done - progress.computed, seconds: progress.seconds))
  }

  /// The heading of the fold or seed column.
  private var partHeading: String {
    guard let parts else { return "" }
    return Self.padded(parts.word, partWidth) + "  "
  }

  private var partCell: String {
    guard let parts else { return "" }
    return Self.padded(parts.label(part), partWidth) + "  "
  }

  private var partWidth: Int { max(4, parts.map { $0.label($0.count).count } ?? 0) }

  private mutating func show(_ step: StepRecord) {
    guard terminal.isInteractive, !isQuiet, let size, let start else { return }
    if parallel != nil { return showParts(step, size) }
    let done = Double(step.step) / Double(max(size.totalSteps, 1))
    let elapsed = start.duration(to: clock.now)
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let left = seconds / max(done, 1e-9) * (1 - done)
    let bar = ProgressBar.render(done, width: 20)
    let text =
      "  \(partCell)\(Self.epoch(step.epoch, of: size.epochs))  \(bar)  "
      + "loss \(NumberText.fixed(step.meanLoss, 4))  "
      + "\(Self.rate(step.examplesPerSecond))/s  "
      + "\(NumberText.clock(left)) left"
    terminal.write("\r\u{1B}[2K" + String(text.prefix(terminal.width - 1)))
    isBarShown = true
  }

  /// Shows how many of the parts that are trained at the same time have finished, and the time left.
  private mutating func showParts(_ step: StepRecord, _ size: JobSize) {
    guard var all = parallel, let parts else { return }
    all.shares[part] = Double(step.step) / Double(max(size.totalSteps, 1))
    parallel = all
    let text =
      "  \(all.finished) of \(all.count) \(parts.word)s  "
      + ProgressBar.render(all.share, width: 20)
      + (all.left.map { "  \(NumberText.clock($0)) left" } ?? "")
    terminal.write("\r\u{1B}[2K" + String(text.prefix(terminal.width - 1)))
    isBarShown = true
  }

  /// Ends a training: of parts that are trained at the same time, only the epoch that is used is shown.
  private mutating func end() {
    clearBar()
    guard let ended = parallel?.end(part) else { return }
    write(ended.record, ended.timing, isBest: false)
  }

  private mutating func show(_ record: EpochRecord, _ timing: EpochTiming) {
    guard let size else { return }
    let loss = record.values["val_loss"] ?? .nan
    let isBest = size.choosesEpoch && loss < bestLoss[part] ?? .infinity
    if isBest { bestLoss[part] = loss }
    if parallel != nil {
      parallel?.add(record, timing, of: part, isUsed: isBest || !size.choosesEpoch)
      return
    }
    write(record, timing, isBest: isBest)
  }

  /// Writes the line of an epoch.
  private mutating func write(_ record: EpochRecord, _ timing: EpochTiming, isBest: Bool) {
    guard let size else { return }
    func text(_ key: String, _ text: (Double) -> String) -> String {
      record.values[key].map(text) ?? "–"
    }
    func score(_ prefix: String) -> String {
      let value = text(prefix + size.score.key) {
        size.score.isShare ? NumberText.percent($0, 2) : NumberText.fixed($0, 4)
      }
      return Self.padded(value, max(8, scoreLabel(size.score).count))
    }
    let cells = [
      Self.epoch(record.epoch, of: size.epochs),
      Self.padded(text("train_loss") { NumberText.fixed($0, 4) }, 11),
      size.score.isCounted ? score("train_") : nil,
      Self.padded(text("val_loss") { NumberText.fixed($0, 4) }, 9),
      score("val_"),
      Self.padded(Self.rate(timing.examplesPerSecond), 9),
      Self.padded(NumberText.duration(timing.trainSeconds + timing.evaluationSeconds), 7),
    ].compactMap(\.self)
    say("  " + partCell + cells.joined(separator: "  ") + (isBest ? terminal.green(" ●") : ""))
  }

  /// Formats `f1_macro` as `f1`: of the averages over classes, the macro average is shown.
  private func scoreLabel(_ score: EpochScore) -> String {
    let key = score.key.hasSuffix("_macro") ? String(score.key.dropLast("_macro".count)) : score.key
    return TaskRegistry.label(key)
  }

  private mutating func clearBar() {
    if isBarShown { terminal.write("\r\u{1B}[2K") }
    isBarShown = false
    steps.clear()
  }

  private static func epoch(_ epoch: Int, of epochs: Int) -> String {
    padded("\(epoch)/\(epochs)", epochWidth(of: epochs))
  }

  private static func epochWidth(of epochs: Int) -> Int { max(5, 2 * String(epochs).count + 1) }

  /// Formats a rate; `–` if it does not fit an integer because the clock has not advanced.
  private static func rate(_ perSecond: Double) -> String {
    Int(exactly: perSecond.rounded()).map(NumberText.grouped) ?? "–"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

package enum ProgressBar {
  /// For example `━━━━━━━╸────  58%`.
  package static func render(_ share: Double, width: Int) -> String {
    let share = share.isNaN ? 0 : min(max(share, 0), 1)
    let halves = Int(share * Double(2 * width))
    let full = halves / 2
    let half = halves % 2 == 1 ? "╸" : ""
    let rest = String(repeating: "─", count: width - full - half.count)
    let percent = String(Int(share * 100))
    return String(repeating: "━", count: full) + half + rest
      + String(repeating: " ", count: 4 - percent.count) + percent + "%"
  }
}
