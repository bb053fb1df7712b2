import Diagnostics
import ExperimentConfig
import Graph
import Reporting
import RunRecord
import Signals
import WorkerProtocol

/// Measures which values the layers of a run's models give for training examples, in the worker.
struct Calibration {
  /// The most training examples that are looked at.
  static let examples = 512

  let models: PredictionModels
  let environment: [String: String]

  /// The ranges for each model, in their order.
  ///
  /// - Throws: ``DataError`` if the run's data is not available, `InputError` if it cannot be used.
  func measure() async throws -> [CalibrationAnswer] {
    let terminal = Terminal(environment: environment)
    let dataset = try await PredictionDataset(
      name: nil, folder: nil, models: models, environment: environment, terminal: terminal
    ).acquire()
    var answers: [CalibrationAnswer] = []
    for member in models.members {
      let request = CalibrationRequest(
        models.directory, model: member, dataset: dataset, examples: Self.examples,
        threads: models.info.threads)
      answers.append(try await ask(request))
    }
    return answers
  }

  private func ask(_ request: CalibrationRequest) async throws -> CalibrationAnswer {
    let interrupts = Interrupts()
    interrupts.start()
    var answer: CalibrationAnswer?
    var failure: WorkerFailure?
    let worker = try WorkerProcess(environment: environment, interrupts)
    let ending = try await worker.run { events, send in
      var events = events
      _ = try await events.engine(interrupts)
      try await send(.calibrate(request))
      while let event = try await events.next() {
        switch event {
        case .calibration(let found): answer = found
        case .failure(let reason): failure = reason
        default: break
        }
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
    guard ending == .success, let answer else {
      throw ProgramFault("the worker \(ending.description)")
    }
    return answer
  }
}
