import Diagnostics
import ExperimentConfig
import Planning
import Reporting
import RunRecord
import WorkerProtocol

/// Examples of a run's own data that are explained together, and where the explanation goes.
package struct ExplainedExamples {
  let models: PredictionModels
  let environment: [String: String]
  let split: PredictionRequest.Examples.Split
  /// The most examples.
  package var limit = 2000
  /// The folder to write to.
  package var folder = "explanations"
  package var printsJSON = false

  init(
    _ models: PredictionModels, _ split: PredictionRequest.Examples.Split,
    environment: [String: String]
  ) {
    self.models = models
    self.split = split
    self.environment = environment
  }

  /// The examples that an explanation is about if nobody says which: the validation examples, or the test examples of
  /// a run that holds none out.
  static func standardSplit(of run: RunDirectory) throws -> PredictionRequest.Examples.Split {
    try plan(of: run).experiment.data.split.hasValidation ? .validation : .test
  }

  static func plan(of run: RunDirectory) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    return plan
  }

  /// Asks a worker about the examples.
  ///
  /// - Parameters:
  ///   - request: the question about the models and the examples.
  ///   - receive: is given the worker's events, and at the end `nil`, also before an error is thrown.
  /// - Returns: the data set, and warnings such as a missing device, which have been shown.
  func ask(
    _ terminal: Terminal, _ request: (PredictionRequest) -> WorkerRequest,
    receive: (WorkerEvent?) throws -> Void
  ) async throws -> (RunInfo.Dataset, warnings: [String]) {
    let session = PredictionSession(
      models: models, isInverted: false, views: nil, environment: environment, terminal: terminal)
    let data = PredictionDataset(
      name: nil, folder: nil, models: models, environment: environment, terminal: terminal)
    return try await session.converse(
      {
        let record = try await data.acquire()
        return (
          record,
          .examples(
            PredictionRequest.Examples(dataset: record, split: split, isOwn: true, limit: limit))
        )
      }, asking: request, receive: receive)
  }

  /// Prints what was found, as text or as one JSON object.
  func print(
    _ json: [String: JSONValue], _ text: String, page: String, tables: [String]
  ) throws {
    guard printsJSON else { return try StandardOutput.write(text) }
    var object = json
    object["run"] = .string(models.run.path)
    object["part"] = models.partName.map(JSONValue.string) ?? .null
    object["page"] = .string(page)
    object["tables"] = .array(tables.map(JSONValue.string))
    try StandardOutput.write(json: JSONValue.object(object))
  }
}
