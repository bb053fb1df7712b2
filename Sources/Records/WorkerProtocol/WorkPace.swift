import Synchronization

/// Decides which progress of a step is worth reporting: none of a step that takes less than a second, afterwards ten
/// reports a second and the end.
package final class WorkPace: Sendable {
  private struct State {
    var step: String?
    var start = ContinuousClock.now
    var first = 0
    var done = 0
    var last: ContinuousClock.Instant?
  }

  private static let interval = Duration.milliseconds(100)
  private let patience: Duration
  private let state = Mutex(State())

  /// - Parameter patience: how long a step takes before it is reported.
  package init(patience: Duration = .seconds(1)) { self.patience = patience }

  /// - Parameters:
  ///   - step: another name than before begins another step.
  ///   - total: 0 if unknown.
  /// - Returns: the progress to report, or `nil` if no report is due.
  package func progress(
    _ step: String, _ done: Int, of total: Int, unit: WorkProgress.Unit = .items
  ) -> WorkProgress? {
    state.withLock { state in
      let now = ContinuousClock.now
      if state.step != step {
        state = State(step: step, start: now, first: done, done: done)
      }
      // Threads that share a step may report out of order.
      if done < state.done { return nil }
      state.done = done
      let isFinished = total > 0 && done >= total
      defer { if isFinished { state.step = nil } }
      guard state.start.duration(to: now) >= patience else { return nil }
      if let last = state.last, last.duration(to: now) < Self.interval, !isFinished { return nil }
      if isFinished, state.last == nil { return nil }
      state.last = now
      let elapsed = state.start.duration(to: now).components
      return WorkProgress(
        step, done: done, total: total, unit: unit, first: state.first,
        seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
  }
}
