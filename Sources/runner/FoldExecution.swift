import ArgumentParser
import Diagnostics
import Reporting
import RunRecord

/// Carries one fold on by itself, as a task of a cluster does. What is made of all folds is the work of
/// whoever carries out the run.
struct FoldExecution {
  private let fold: RunDirectory
  private let number: Int
  private let context: RunContext
  private let interrupts: Interrupts

  /// - Parameter fold: its directory, which is locked.
  init(_ fold: RunDirectory, number: Int, _ context: RunContext, _ interrupts: Interrupts) {
    self.fold = fold
    self.number = number
    self.context = context
    self.interrupts = interrupts
  }

  private static func carryOut(
    _ fold: RunDirectory, _ runs: FoldRuns, _ events: AsyncStream<FoldRuns.Event>.Continuation
  ) async throws -> WorkerProcess.Ending {
    defer { events.finish() }
    return try await runs.carryOut(fold, events)
  }

  /// - Throws: the exit code 75 where it was interrupted; ``InputError``, ``ProgramFault``.
  func carryOut(untilEpoch: Int?) async throws {
    let runs = FoldRuns(
      environment: context.environment, interrupts: interrupts, untilEpoch: untilEpoch)
    let (events, continuation) = AsyncStream<FoldRuns.Event>.makeStream()
    let fold = fold
    async let result = Self.carryOut(fold, runs, continuation)
    var failure: WorkerFailure?
    for await item in events {
      if case .failure(let reason) = item.event { failure = failure ?? reason }
      context.reporter.show(item.event)
    }
    switch try await result {
    case .success:
      context.reporter.say(
        "fold \(number) has finished; 'runner resume' of the run makes one result of all folds")
    case .interrupted:
      context.reporter.warn("interrupted\n  to go on: the same command")
      throw ExitCode(CommandFailure.resumable)
    case .failure(let words), .killed(let words):
      let message = failure?.message ?? "the worker \(words)"
      throw failure?.exitCode == CommandFailure.wrongInput
        ? InputError(message) as any Error : ProgramFault(message)
    }
  }
}
