import Classification
import Diagnostics
import ExperimentConfig
import Foundation
import Schedules
import Tasks

/// The fixture `name` of Tests/Fixtures/schedules.
func fixture<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
  let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let path = tests.appending(path: "Fixtures/schedules/\(name)")
  return try JSONDecoder().decode(type, from: Data(contentsOf: path))
}

/// So much of a catalog that these tests' arguments are typed, checked and filled in as those of an
/// experiment are.
private let catalog = Catalog([
  .layer: [ComponentSchema("identity", doc: "Nothing.")],
  .dataset: [ComponentSchema("digits", doc: "Digits.")],
  .transform: [ComponentSchema("to_tensor", doc: "To floats.")],
  .loss: LossRegistry.schemas,
  .optimizer: OptimizerRegistry.schemas,
  .schedule: ScheduleRegistry.schemas,
  .metric: [ComponentSchema("accuracy", doc: "Share.")],
])

/// A schedule as an experiment would write it, such as `{step: 3}`, over a training.
func schedule(_ text: String, _ training: TrainingFacts) throws -> any Schedule {
  try definition(text).schedule(over: training)
}

/// A schedule as an experiment would write it, decoded.
func definition(_ text: String) throws -> any ScheduleDefinition {
  let diagnostics = DiagnosticCollector()
  let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
  let source = SourceFile(
    name: "schedule.yaml",
    text: "data: {dataset: digits}\nmodel: [identity]\nschedule: \(text)\n")
  guard let loaded = loader.load(source, overrides: [], into: diagnostics) else {
    throw InputError(diagnostics.sorted)
  }
  guard let component = loaded.experiment.schedule else { throw ProgramFault("no schedule") }
  return try ScheduleRegistry.make(component)
}

/// What is wrong with a schedule, if anything.
func fault(_ text: String, _ training: TrainingFacts) -> [String] {
  do {
    _ = try schedule(text, training)
    return []
  } catch {
    return (error as? InputError)?.diagnostics.map(\.message) ?? ["\(error)"]
  }
}

func isClose(_ left: Double, _ right: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(left - right) <= tolerance * max(abs(left), abs(right))
}

extension TrainingFacts {
  /// Of a training that tells classes apart and measures nothing else.
  init(
    learningRate: Double, epochs: Int, stepsPerEpoch: Int, maxSteps: Int? = nil,
    knowsSteps: Bool = true
  ) {
    self.init(
      learningRate: learningRate, epochs: epochs, stepsPerEpoch: stepsPerEpoch,
      maxSteps: maxSteps, knowsSteps: knowsSteps,
      results: MonitoredResults(
        MetricSet([] as [any Metric], task: ClassificationTask(classes: 2))))
  }
}
