import Diagnostics
import Synchronization
import WorkerProtocol

/// A ``Batcher`` whose worker is started for the first request.
final class LazyBatcher: Sendable {
  private enum State {
    case idle
    case opening(Batcher, Task<Void, Never>)
    case open(Batcher)
    case failed(ServiceProblem, ContinuousClock.Instant)
    case closed
  }

  /// Between two looks at whether the worker has started.
  private static let tick = Duration.milliseconds(20)

  private let timeout: Duration
  private let make: @Sendable () -> Batcher
  private let state = Mutex(State.idle)

  /// - Parameters:
  ///   - timeout: how long a request waits at most for the worker to start.
  ///   - make: a batcher that has not been opened.
  init(timeout: Duration, make: @escaping @Sendable () -> Batcher) {
    self.timeout = timeout
    self.make = make
  }

  /// The inputs that wait.
  var waiting: Int {
    if case .open(let batcher) = state.withLock({ $0 }) { batcher.waiting } else { 0 }
  }

  /// Has an input answered.
  ///
  /// - Throws: ``ServiceProblem`` with status 503 if the worker does not start, or as ``Batcher/answer(_:)``.
  func answer(_ input: ServingInput) async throws -> ServingReply {
    try await opened().answer([input])[0]
  }

  /// Ends the worker, if it has been started.
  func close() async {
    let before = state.withLock { state in
      defer { state = .closed }
      return state
    }
    switch before {
    case .open(let batcher): await batcher.close()
    // ``open(_:)`` closes it.
    case .opening(_, let task): await task.value
    case .idle, .failed, .closed: break
    }
  }

  private func opened() async throws -> Batcher {
    let begin = ContinuousClock.now
    while true {
      let found = try state.withLock { state throws(ServiceProblem) -> (Batcher, isOpen: Bool) in
        switch state {
        case .open(let batcher): return (batcher, true)
        case .opening(let batcher, _): return (batcher, false)
        case .closed: throw .unavailable("the service is about to end")
        // Whoever asks later tries again.
        case .failed(let problem, let instant) where begin <= instant: throw problem
        case .idle, .failed:
          let batcher = make()
          state = .opening(batcher, Task { await open(batcher) })
          return (batcher, false)
        }
      }
      if found.isOpen { return found.0 }
      if ContinuousClock.now - begin > timeout {
        throw ServiceProblem.unavailable("the model is being loaded", retryAfter: 2)
      }
      try await Task.sleep(for: Self.tick)
    }
  }

  private func open(_ batcher: Batcher) async {
    do {
      try await batcher.open()
      let isWanted = state.withLock { state in
        if case .closed = state { return false }
        state = .open(batcher)
        return true
      }
      if !isWanted { await batcher.close() }
    } catch {
      let reason = (error as? InputError)?.diagnostics.first?.message ?? "\(error)"
      state.withLock {
        if case .closed = $0 { return }
        $0 = .failed(
          .unavailable("the process that explains answers did not start: \(reason)"), .now)
      }
    }
  }
}
