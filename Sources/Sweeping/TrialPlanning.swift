import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Planning

/// A trial with a checked configuration.
package struct TrialPlan: Sendable {
  package let number: Int
  /// One text per key.
  package let values: [String]
  /// The overrides of the experiment file, in the order in which they apply.
  package let overrides: [String]
  /// The experiment file as given on the command line.
  package let experiment: String
  package let plan: Plan
  package let warnings: [Diagnostic]
  /// The prefix of the hash of the canonical configuration. It is part of the directory's name, so
  /// it must not depend on the location of files.
  package let hash: String
  /// The hash of the canonical configuration and of the input paths. Trials with the same key are
  /// the same experiment.
  package let key: String
  /// The values of keys that name weights.
  private let weightValues: [String]

  package var record: SweepFile.Trial {
    SweepFile.Trial(number: number, values: values, hash: hash)
  }

  fileprivate init(
    _ number: Int, _ values: [String], of file: SweepFile, overrides: [String], plan: Plan,
    warnings: [Diagnostic]
  ) throws {
    self.number = number
    self.values = values
    self.overrides = overrides
    self.plan = plan
    self.warnings = warnings
    experiment = file.experiment
    let configuration = plan.loaded.resolved
    hash = String(try TrialPlanner.hash(plan).prefix(8))
    key = Digest.hex(
      of: try JSONText.encode(
        JSONValue.array([
          configuration.canonicalForm, .object(configuration.inputs.mapValues(JSONValue.string)),
        ])))
    weightValues = zip(file.space.keys, values)
      .filter { key, _ in key.path == "weights" || key.path.hasPrefix("weights.") }.map(\.1)
  }

  package func wants() throws -> TrialWants {
    try TrialWants(plan.loaded.resolved, swept: weightValues)
  }
}

/// Plans trials from the frozen files of a sweep.
package struct TrialPlanner: Sendable {
  package let file: SweepFile
  let environment: [String: String]
  private let frozen: [String: String]

  /// - Parameter environment: the variables of this process; those that the sweep froze take
  ///   precedence.
  package init(_ file: SweepFile, environment: [String: String]) {
    self.file = file
    let unset = Set(file.unset ?? [])
    self.environment = environment.merging(file.environment) { $1 }
      .filter { !unset.contains($0.key) }
    frozen = Dictionary(file.files.map { (ExperimentLoader.place($0.path), $0.text) }) { $1 }
  }

  /// - Returns: `nil` if there were errors, each of which names the trial.
  package func plan(
    _ number: Int, _ values: [String], into diagnostics: DiagnosticCollector
  ) -> TrialPlan? {
    let swept = file.space.overrides(values, among: file.overrides)
    let removal = file.hasSection ? ["~sweep"] : []
    let text = Self.assignments(file.space, values)
    let own = DiagnosticCollector()
    let plan = Plan.make(
      file.experiment, overrides: swept + removal, environment: environment,
      processors: file.processors, runsDirectory: file.runs ?? "runs", frozen: frozen,
      diagnostics: own)
    let note = Diagnostic.note("in trial \(number): \(text)", at: nil)
    for diagnostic in own.sorted where diagnostic.severity == .error {
      diagnostics.explaining(note) { diagnostics.report(diagnostic) }
    }
    guard let plan, !own.hasErrors else { return nil }
    do {
      return try TrialPlan(
        number, values, of: file, overrides: swept, plan: plan,
        warnings: own.sorted.filter { $0.severity == .warning })
    } catch {
      diagnostics.error("\(error)", at: nil)
      return nil
    }
  }

  /// The hash of everything in the configuration that can change a result.
  package static func hash(_ plan: Plan) throws -> String {
    Digest.hex(of: try JSONText.encode(plan.loaded.resolved.canonicalForm))
  }

  /// For example `lr=1e-3, batch_size=64`.
  package static func assignments(_ space: SearchSpace, _ values: [String]) -> String {
    zip(space.keys, values).map { "\($0.label)=\($1)" }.joined(separator: ", ")
  }
}

/// Creates the run directory of a trial, without training.
package protocol TrialPreparation: Sendable {
  /// Creates a run directory with `experiment.yaml`, `resolved.yaml` and `run.json` (status
  /// `queued`) at `path`, an existing empty folder.
  ///
  /// - Throws: ``InputError``, ``FileError`` and ``DataError`` if something that the trial needs is
  ///   not available; `CancellationError` if a user stops the sweep.
  func prepare(_ trial: TrialPlan, at path: String) async throws
}
