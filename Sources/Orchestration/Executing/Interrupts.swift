import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP (the terminal was closed) as calls instead of death.
///
/// What threads share is behind a lock; `start` is called once.
package final class Interrupts: @unchecked Sendable {
  private struct State {
    var handlers: [Int: @Sendable (_ isFirst: Bool) -> Void] = [:]
    var next = 0
    var count = 0
    var first: ContinuousClock.Instant?
    var endsProgram = true
  }

  private let state = Mutex(State())
  private var sources: [any DispatchSourceSignal] = []

  /// Whether a person asked for the end.
  package var wasInterrupted: Bool { state.withLock { $0.count > 0 } }

  /// A worker that Ctrl-C reached as well may be gone a moment before this program has seen the signal.
  package var wasInterruptedByNow: Bool {
    get async {
      if wasInterrupted { return true }
      try? await Task.sleep(for: .milliseconds(100))
      return wasInterrupted
    }
  }

  /// Says that there is a run directory now: from here on an interruption is recorded in it. Before,
  /// it simply ends the program, whatever is being downloaded.
  package func isPrepared() { state.withLock { $0.endsProgram = false } }

  /// Begins to watch.
  package func start() {
    for number in InheritedSignals.heard {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in arrived(number) }
      source.resume()
      sources.append(source)
    }
  }

  /// Calls `handler` for each signal, with whether it is the first; at once where one has come already.
  ///
  /// - Returns: what `remove` takes.
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

  private func arrived(_ number: Int32) {
    let (handlers, count, ends) = state.withLock { state in
      let now = ContinuousClock.now
      // A cluster tells every process of a job, and the job's script tells this one as well: that is one
      // wish. A person's second Ctrl-C is another one.
      if number == SIGTERM, let first = state.first, now - first < .seconds(2) {
        return ([@Sendable (Bool) -> Void](), 0, false)
      }
      state.first = state.first ?? now
      state.count += 1
      return (Array(state.handlers.values), state.count, state.endsProgram)
    }
    if count == 0 { return }
    for handler in handlers { handler(count == 1) }
    if ends { exit(ExitStatus.interrupted) }
    // The second one kills the workers, whose end is then recorded. Where there are none, or that takes
    // too long for somebody, nothing is lost: a run directory can be killed at any moment.
    if count > 2 || count == 2 && handlers.isEmpty { _exit(ExitStatus.resumable) }
  }
}
