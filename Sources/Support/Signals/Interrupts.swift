import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP (the terminal was closed) into calls instead of termination. Signals are
/// handled only here.
///
/// State shared between threads is behind a lock; `start` is called once.
package final class Interrupts: @unchecked Sendable {
  /// What signals do besides calling the handlers.
  package enum Escalation: Sendable {
    /// They end the program: the first one while there is no run directory, later only repeated ones. SIGTERM
    /// within two seconds of another signal counts as the same one.
    case endsProgram
    /// Nothing.
    case none
  }

  private struct State {
    var handlers: [Int: @Sendable (_ isFirst: Bool) -> Void] = [:]
    var next = 0
    var count = 0
    var first: ContinuousClock.Instant?
    var endsProgram = true
  }

  private let escalation: Escalation
  private let watched: [Int32]
  private let state = Mutex(State())
  private var sources: [any DispatchSourceSignal] = []

  /// - Parameter watched: the signals that ``start()`` handles.
  package init(
    _ escalation: Escalation = .endsProgram, watching watched: [Int32] = InheritedSignals.handled
  ) {
    self.escalation = escalation
    self.watched = watched
  }

  /// Whether a user asked the program to end.
  package var wasInterrupted: Bool { state.withLock { $0.count > 0 } }

  /// Whether a user asked the program to end, after waiting briefly for a pending signal: a worker
  /// that also received Ctrl-C may exit just before this program sees the signal.
  package var wasInterruptedByNow: Bool {
    get async {
      if wasInterrupted { return true }
      try? await Task.sleep(for: .milliseconds(100))
      return wasInterrupted
    }
  }

  /// Records that there is a run directory now, so that later interruptions are recorded in it.
  /// Before that, an interruption simply ends the program, even during a download. Only affects
  /// ``Escalation/endsProgram``.
  package func isPrepared() { state.withLock { $0.endsProgram = false } }

  /// Begins to handle the signals.
  package func start() {
    for number in watched {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in arrived(number) }
      source.resume()
      sources.append(source)
    }
  }

  /// Calls `handler` for each signal, with whether it is the first; immediately if one has already
  /// arrived.
  ///
  /// - Returns: an identifier for `remove`.
  @discardableResult
  package func add(_ handler: @escaping @Sendable (_ isFirst: Bool) -> Void) -> Int {
    let (token, isLate) = state.withLock { state in
      state.next += 1
      state.handlers[state.next] = handler
      return (state.next, state.count > 0)
    }
    if isLate { handler(true) }
    return token
  }

  package func remove(_ token: Int) { state.withLock { $0.handlers[token] = nil } }

  /// Handles a signal.
  package func arrived(_ number: Int32) {
    let escalates = escalation == .endsProgram
    let (handlers, count, ends) = state.withLock { state in
      let now = ContinuousClock.now
      // A cluster signals every process of a job, and the job's script signals this one as well: that is a
      // single request. A second Ctrl-C is another one.
      if escalates, number == SIGTERM, let first = state.first, now - first < .seconds(2) {
        return ([@Sendable (Bool) -> Void](), 0, false)
      }
      state.first = state.first ?? now
      state.count += 1
      return (Array(state.handlers.values), state.count, state.endsProgram)
    }
    if count == 0 { return }
    for handler in handlers { handler(count == 1) }
    if !escalates { return }
    if ends { exit(ExitStatus.interrupted) }
    // A second request kills the workers, which is then recorded. If there are none, or that takes
    // too long, further signals exit at once without loss: a run directory survives being killed at
    // any moment.
    if count > 2 || count == 2 && handlers.isEmpty { _exit(ExitStatus.resumable) }
  }
}
