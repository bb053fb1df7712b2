import Diagnostics
import ExperimentConfig
import RunRecord
import Signals
import WorkerProtocol

extension WorkerProcess {
  /// Sends one request to a worker of its own and waits for the answer.
  ///
  /// - Parameter answer: the answer in an event; `nil` if the event is about something else.
  /// - Throws: `InputError` if the worker refuses the request, `WorkerKilled` if the system ended it.
  static func ask<Answer>(
    _ request: WorkerRequest, environment: [String: String],
    answer: (WorkerEvent) -> Answer?
  ) async throws -> Answer {
    let interrupts = Interrupts()
    interrupts.start()
    var found: Answer?
    var failure: WorkerFailure?
    let worker = try WorkerProcess(environment: environment, interrupts)
    let ending = try await worker.run { events, send in
      var events = events
      _ = try await events.engine(interrupts)
      try await send(request)
      while let event = try await events.next() {
        if case .failure(let reason) = event { failure = reason }
        if let value = answer(event) { found = value }
      }
    }
    if let failure {
      if failure.exitCode == ExitStatus.wrongInput { throw InputError(failure.message) }
      throw ProgramFault(failure.message)
    }
    if case .killed(let words) = ending {
      throw WorkerKilled("the worker \(words)", hint: "run the same command again")
    }
    if ending == .interrupted { throw QuietExit(ExitStatus.interrupted) }
    guard ending == .success, let found else {
      throw ProgramFault("the worker \(ending.description)")
    }
    return found
  }
}
