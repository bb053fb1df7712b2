import Diagnostics
import HeatMaps
import Reporting
import RunRecord
import Signals
import WorkerProtocol

/// A worker process that explains answers for pictures.
struct ExplanationSession {
  let models: PredictionModels
  let environment: [String: String]
  let terminal: Terminal

  /// - Parameter request: what to ask on a device.
  /// - Returns: one explanation for each item, in their order, and warnings about all of them.
  func ask(
    _ request: (_ device: String) -> ExplanationRequest
  ) async throws -> (explanations: [ExplainedPicture], warnings: [String]) {
    let interrupts = Interrupts()
    interrupts.start()
    var warnings: [String] = []
    var explanations: [ExplainedPicture] = []
    var bytes: [UInt8] = []
    var count = 0
    var isWhole = false
    var failure: WorkerFailure?
    let steps = StepLine(terminal)
    defer { steps.clear() }
    let prediction = PredictionSession(
      models: models, isInverted: false, views: nil, environment: environment, terminal: terminal)
    let ending = try await WorkerProcess(environment: environment, interrupts).run {
      events, send in
      var events = events
      let engine = try await events.engine(interrupts)
      let asked = request(prediction.device(engine, &warnings))
      count = asked.items.count
      try await send(.explain(asked))
      steps.show("explanation", 0, of: count)
      while let event = try await events.next() {
        switch event {
        case .explanation(.part(let part)): bytes += part
        case .explanation(.item(let item)):
          explanations.append(try ExplainedPicture(item, bytes))
          bytes = []
          steps.show("explanation", explanations.count, of: count)
        case .explanation(.finished): isWhole = true
        case .failure(let reason): failure = reason
        default: break
        }
      }
    }
    if let failure {
      if failure.exitCode == ExitStatus.wrongInput { throw PredictionSession.error(failure) }
      throw ProgramFault(failure.message)
    }
    if case .killed(let words) = ending {
      throw WorkerKilled("the worker \(words)", hint: "run the same command again")
    }
    if ending == .interrupted { throw QuietExit(ExitStatus.interrupted) }
    guard ending == .success, isWhole, explanations.count == count,
      explanations.enumerated().allSatisfy({ $0 == $1.facts.place })
    else { throw ProgramFault("the worker \(ending.description)") }
    return (explanations, warnings)
  }
}
