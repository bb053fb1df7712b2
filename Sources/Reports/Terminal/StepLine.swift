import ExperimentConfig
import Files
import Synchronization
import WorkerProtocol

/// Shows how far a step has come and how long it will still take, once it has taken a second: a bar on a terminal, a
/// line a minute in a log.
package final class StepLine: Sendable {
  private struct State {
    var isShown = false
    /// The step that a log last reported, and when, in its seconds.
    var said: (step: String, seconds: Double)?
  }

  private let terminal: Terminal
  private let isQuiet: Bool
  private let pace: WorkPace
  private let state = Mutex(State())

  package init(_ terminal: Terminal, isQuiet: Bool = false, pace: WorkPace = WorkPace()) {
    self.terminal = terminal
    self.isQuiet = isQuiet
    self.pace = pace
  }

  /// Takes the progress of a step of this process, from any thread.
  ///
  /// - Parameters:
  ///   - step: what is being done, such as `reading images`; another text begins another step.
  ///   - total: 0 if unknown.
  package func show(
    _ step: String, _ done: Int, of total: Int, unit: WorkProgress.Unit = .items
  ) {
    if isQuiet { return }
    if let progress = pace.progress(step, done, of: total, unit: unit) { show(progress) }
  }

  /// Shows progress that is due.
  package func show(_ progress: WorkProgress) {
    if isQuiet { return }
    if progress.isFinished { return clear() }
    state.withLock { state in
      guard terminal.isInteractive else {
        let said = state.said.flatMap { $0.step == progress.step ? $0.seconds : nil } ?? 0
        guard progress.seconds - said >= 60 else { return }
        state.said = (progress.step, progress.seconds)
        return terminal.write(terminal.dim(Self.logText(progress)) + "\n")
      }
      terminal.write("\r\u{1B}[2K" + String(Self.text(progress).prefix(terminal.width - 1)))
      state.isShown = true
    }
  }

  /// Removes the bar.
  package func clear() {
    state.withLock { state in
      if state.isShown { terminal.write("\r\u{1B}[2K") }
      state.isShown = false
    }
  }

  /// For example `  reading images  ━━━━━━━╸────────────  38%  22,800 of 60,000  0:05 left`, of at most 78 columns.
  static func text(_ progress: WorkProgress) -> String {
    let counted = progress.total > 0
    let share = Double(progress.done) / Double(max(progress.total, 1))
    let parts = [
      String(progress.step.prefix(20)), counted ? ProgressBar.render(share, width: 20) : nil,
      count(progress), progress.secondsLeft.map { NumberText.clock($0) + " left" },
    ]
    return "  " + parts.compactMap(\.self).joined(separator: "  ")
  }

  private static func logText(_ progress: WorkProgress) -> String {
    let left = progress.secondsLeft.map { ", " + NumberText.clock($0) + " left" } ?? ""
    return "\(progress.step): \(count(progress))\(left)"
  }

  private static func count(_ progress: WorkProgress) -> String {
    func text(_ number: Int) -> String {
      progress.unit == .bytes ? ByteCount.text(number) : NumberText.grouped(number)
    }
    return text(progress.done) + (progress.total > 0 ? " of " + text(progress.total) : "")
  }
}
