import Diagnostics
import Reporting
import RunRecord
import Signals
import WorkerProtocol

/// Trains a single fold or seed, as a task of a cluster does. The process that executes the whole
/// run combines the results.
struct PartExecution {
  private let part: RunDirectory
  private let context: RunContext
  private let interrupts: Interrupts

  /// - Parameter part: the directory of the part, which must be locked.
  init(_ part: RunDirectory, _ context: RunContext, _ interrupts: Interrupts) {
    self.part = part
    self.context = context
    self.interrupts = interrupts
  }

  private static func carryOut(
    _ part: RunDirectory, _ runs: PartRuns, _ events: AsyncStream<PartRuns.Event>.Continuation
  ) async throws -> WorkerProcess.Ending {
    defer { events.finish() }
    return try await runs.carryOut(part, events)
  }

  /// - Throws: ``QuietExit`` with status 75 if it was interrupted; ``WorkerKilled``, ``InputError``
  ///   or ``ProgramFault`` if it failed.
  func carryOut(untilEpoch: Int?) async throws {
    let runs = PartRuns(
      environment: context.environment, interrupts: interrupts, untilEpoch: untilEpoch)
    let (events, continuation) = AsyncStream<PartRuns.Event>.makeStream()
    let part = part
    async let result = Self.carryOut(part, runs, continuation)
    var failure: WorkerFailure?
    for await item in events {
      if case .failure(let reason) = item.event { failure = failure ?? reason }
      context.reporter.show(item.event)
    }
    switch try await result {
    case .success:
      context.reporter.say(
        "\(part.partName) has finished; 'runner resume' of the run combines the results of all")
    case .interrupted:
      context.reporter.warn("interrupted\n  to resume: run the same command again")
      throw QuietExit(ExitStatus.resumable)
    case .killed(let words):
      throw WorkerKilled("the worker \(words)", hint: "to resume: run the same command again")
    case .failure(let words):
      let message = failure?.message ?? "the worker \(words)"
      throw failure?.exitCode == ExitStatus.wrongInput
        ? InputError(message) as any Error : ProgramFault(message)
    }
  }
}
