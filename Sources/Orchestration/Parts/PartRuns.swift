import Cards
import ExperimentConfig
import RunRecord
import Signals
import WorkerProtocol

/// Trains folds or seeds on this machine, several concurrently. Each has its own worker and
/// directory, so the results do not depend on the number of jobs.
struct PartRuns: Sendable {
  let environment: [String: String]
  let interrupts: Interrupts
  let untilEpoch: Int?
  /// Takes over parts from another machine.
  var takesOver = false

  struct Event: Sendable {
    /// The number of the part, starting at 1.
    let part: Int
    let event: WorkerEvent
  }

  /// - Returns: `.success` if all parts finished, else the ending of a part that did not. After a
  ///   failure, no further part is started.
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
          // A cluster task may be working on it.
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

  /// Trains one part, whose directory must be locked, and records how it ended, even after an
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
      // The directory of a seed has everything that a run of this seed alone has.
      if info.repetition != nil { try ModelCard.write(for: part) }
      // Until the whole run has a manifest, this one shows whether the part is unchanged.
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
