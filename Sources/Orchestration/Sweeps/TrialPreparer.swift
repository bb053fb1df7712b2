import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import Reporting
import RunRecord
import Signals
import Sweeping
import WorkerProtocol

/// Creates the run directories of trials. Data and weights are located once for all trials that use
/// the same ones.
actor TrialPreparer: TrialPreparation {
  private let environment: [String: String]
  private let isElsewhere: Bool
  private var engine: EngineDescription?
  private let interrupts: Interrupts
  private var inputs:
    [TrialWants: (inputs: RunPreparation.Inputs, warnings: [RunContext.Warning])] = [:]
  /// Splits that are known to be possible.
  private var checkedSplits: Set<String> = []
  /// Errors of inputs that are not available, so that they are looked for only once.
  private var missing: [TrialWants: any Error] = [:]

  /// - Parameter isElsewhere: whether the trials run on other machines.
  init(environment: [String: String], isElsewhere: Bool, _ interrupts: Interrupts) {
    self.environment = environment
    self.isElsewhere = isElsewhere
    self.interrupts = interrupts
  }

  func prepare(_ trial: TrialPlan, at path: String) async throws {
    let terminal = Terminal(environment: environment)
    let context = RunContext(
      environment: environment, reporter: ConsoleReporter(terminal, isQuiet: true),
      warnings: trial.warnings)
    let loaded = trial.plan.loaded
    var preparation = RunPreparation(
      trial.plan, source: Array(loaded.source.text.utf8), path: trial.experiment, context)
    preparation.isElsewhere = isElsewhere
    preparation.isInterrupted = { [interrupts] in await interrupts.wasInterruptedByNow }
    let key = try trial.wants()
    if let error = missing[key] { throw error }
    if let known = inputs[key] {
      for warning in known.warnings { context.note(warning) }
    } else {
      let before = context.warnings.count
      let found: RunPreparation.Inputs
      do {
        found = try await unlessStopped { [preparation] in
          try await preparation.acquireInputs()
        }
      } catch  where error is InputError || error is FileError || error is DataError {
        missing[key] = error
        throw error
      }
      inputs[key] = (found, Array(context.warnings.dropFirst(before)))
    }
    guard let known = inputs[key] else { throw ProgramFault("the inputs of a trial are missing") }
    let split = try key.dataset + Self.key(loaded.resolved)
    if !checkedSplits.contains(split) {
      try preparation.checkSplit(of: known.inputs)
      checkedSplits.insert(split)
    }
    let engine = try await unlessStopped { try await describeEngine() }
    _ = try preparation.prepare(known.inputs, engine) { _ in RunDirectory(path: path) }
  }

  /// Throws `CancellationError` if the user interrupted the program. Ctrl-C also reaches the
  /// programs that locate inputs and describe the machine, so their failures then say nothing about
  /// the trial.
  private func unlessStopped<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      let value = try await body()
      if interrupts.wasInterrupted { throw CancellationError() }
      return value
    } catch {
      throw await interrupts.wasInterruptedByNow ? CancellationError() : error
    }
  }

  private func describeEngine() async throws -> EngineDescription {
    if let engine { return engine }
    let described = try await WorkerProcess(environment: environment, Interrupts()).describe()
    engine = described
    return described
  }

  /// Everything that determines how examples are split, including files of groups.
  private static func key(_ configuration: Resolved) throws -> String {
    let values = ["data", "seed"].map { configuration[$0]?.canonicalForm ?? .null }
    let files = configuration.inputs.filter { $0.key.hasPrefix("data.") }
    let parts = values + [.object(files.mapValues(JSONValue.string))]
    return String(decoding: try JSONText.encode(JSONValue.array(parts)), as: UTF8.self)
  }
}
