import Graph
import Reporting
import RunRecord
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
      answers.append(
        try await WorkerProcess.ask(.calibrate(request), environment: environment) { event in
          guard case .calibration(let answer) = event else { return nil }
          return answer
        })
    }
    return answers
  }
}
