import ExperimentConfig
import RunRecord
import Signals
import WorkerProtocol

/// Carries out folds or seeds on this machine, several at a time. Each is a worker and a directory of its
/// own, so that nothing of their results depends on how many.
struct PartRuns: Sendable {
  let environment: [String: String]
  let interrupts: Interrupts
  let untilEpoch: Int?
  /// Takes parts over from another machine.
  var takesOver = false

  struct Event: Sendable {
    /// From 1.
    let part: Int
    let event: WorkerEvent
  }

  /// - Returns: success where every one is finished, else the ending of one that is not; after a
  ///   failure no further one begins.
  func carryOut(
    _ parts: [RunDirectory], jobs: Int, _ events: AsyncStream<Event>.Continuation
  ) async throws -> WorkerProcess.Ending {
    defer { events.finish() }
    return try await withThrowingTaskGroup(of: WorkerProcess.Ending.self) { group in
      var waiting = parts[...]
      var worst = WorkerProcess.Ending.success
      func next() {
        guard worst == .success, !interrupts.wasInterrupted, let part = waiting.popFirst() else {
          return
        }
        group.addTask {
          // A task of a cluster may work on it.
          let lock = try RunLock.acquire(part, takesOver: takesOver)
          defer { lock.release() }
          return try await carryOut(part, events)
        }
      }
      for _ in 0..<max(jobs, 1) { next() }
      while let ending = try await group.next() {
        if worst == .success { worst = ending }
        next()
      }
      return worst == .success && !waiting.isEmpty ? .interrupted : worst
    }
  }

  /// Carries out one part, whose directory is locked, and records how it ended, also if that is by an
  /// error.
  func carryOut(
    _ part: RunDirectory, _ events: AsyncStream<Event>.Continuation
  ) async throws -> WorkerProcess.Ending {
    do {
      return try await compute(part, events)
    } catch {
      try RunEnding.record(error, in: part)
      throw error
    }
  }

  private func compute(
    _ part: RunDirectory, _ events: AsyncStream<Event>.Continuation
  ) async throws -> WorkerProcess.Ending {
    var info = try part.readInfo()
    let number = info.part ?? 0
    info.status = .running
    info.failure = nil
    info.ended = nil
    info.manifest = nil
    try part.write(json: info, to: "run.json")
    let worker = try WorkerProcess(environment: environment, interrupts)
    var reason: WorkerFailure?
    var warnings = info.warnings
    let ending = try await worker.run { incoming, send in
      var incoming = incoming
      try await send(.train(TrainingRequest(part, untilEpoch: untilEpoch)))
      while let event = try await incoming.next() {
        if case .failure(let failure) = event { reason = failure }
        if case .warning(let text) = event, !warnings.contains(text) { warnings.append(text) }
        events.yield(Event(part: number, event: event))
      }
    }
    switch ending {
    case .success:
      // Until the whole run has its manifest, this one shows whether the part is as it finished.
      info.manifest = try Manifest.write(for: part)
      info.status = .finished
    case .interrupted: info.status = .interrupted
    case .failure(let words):
      info.status = .failed
      info.failure = reason?.message ?? words
    case .killed(let words):
      info.status = .interrupted
      info.failure = words
    }
    info.warnings = warnings
    info.ended = UTCTime.iso(UTCTime.now())
    try part.write(json: info, to: "run.json")
    return ending
  }
}
