import Diagnostics
import ExperimentConfig
import Files
import RunRecord

/// The directories of a run's folds.
enum FoldDirectory {
  /// Makes the directory of a fold, unless an earlier start has made it.
  ///
  /// - Parameter info: of the whole run.
  static func prepare(_ number: Int, of run: RunDirectory, _ info: RunInfo) throws -> RunDirectory {
    let fold = RunDirectory(path: run.file("fold-\(number)"))
    if RunCatalog.isFile(fold.file("run.json")) { return fold }
    try AtomicFile.createFolder(fold.path)
    try fold.write([FileReading.bytes(of: run.file("resolved.yaml"))], to: "resolved.yaml")
    var own = info
    own.fold = number
    own.status = .queued
    own.warnings = []
    try fold.write(json: own, to: "run.json")
    return fold
  }

  /// Those that are there, in order; none for a run without folds.
  static func all(of run: RunDirectory) -> [RunDirectory] {
    var folds: [RunDirectory] = []
    while RunCatalog.isFolder(run.file("fold-\(folds.count + 1)")) {
      folds.append(RunDirectory(path: run.file("fold-\(folds.count + 1)")))
    }
    return folds
  }
}

/// Carries out folds on this machine, several at a time. Each is a worker and a directory of its own, so that nothing
/// of their results depends on how many.
struct FoldRuns: Sendable {
  let environment: [String: String]
  let interrupts: Interrupts
  let untilEpoch: Int?
  /// Takes folds over from another machine.
  var takesOver = false

  struct Event: Sendable {
    let fold: Int
    let event: RunEvent
  }

  /// - Returns: success where every fold is finished, else the ending of one that is not; after a
  ///   failure no further fold begins.
  func carryOut(
    _ folds: [RunDirectory], jobs: Int, _ events: AsyncStream<Event>.Continuation
  ) async throws -> WorkerProcess.Ending {
    defer { events.finish() }
    return try await withThrowingTaskGroup(of: WorkerProcess.Ending.self) { group in
      var waiting = folds[...]
      var worst = WorkerProcess.Ending.success
      func next() {
        guard worst == .success, !interrupts.wasInterrupted, let fold = waiting.popFirst() else {
          return
        }
        group.addTask {
          // A task of a cluster may work on it.
          let lock = try RunLock.acquire(fold, takesOver: takesOver)
          defer { lock.release() }
          return try await carryOut(fold, events)
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

  /// Carries out one fold, whose directory is locked.
  func carryOut(
    _ fold: RunDirectory, _ events: AsyncStream<Event>.Continuation
  ) async throws -> WorkerProcess.Ending {
    var info = try fold.readInfo()
    let number = info.fold ?? 0
    info.status = .running
    info.failure = nil
    info.ended = nil
    try fold.write(json: info, to: "run.json")
    let worker = try WorkerProcess(environment: environment, interrupts)
    var reason: WorkerFailure?
    var warnings = info.warnings
    let ending = try await worker.run { incoming, send in
      var incoming = incoming
      try await send(WorkerRequest(directory: fold.path, untilEpoch: untilEpoch))
      while let event = try await incoming.next() {
        if case .failure(let failure) = event { reason = failure }
        if case .warning(let text) = event, !warnings.contains(text) { warnings.append(text) }
        events.yield(Event(fold: number, event: event))
      }
    }
    switch ending {
    case .success: info.status = .finished
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
    try fold.write(json: info, to: "run.json")
    return ending
  }
}
