import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import Tasks
import Torch
import Training

/// Experiments written in a test.
enum Jobs {
  /// An experiment before anything but its text is checked.
  static func loaded(_ text: String) throws -> LoadedExperiment {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    guard let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return loaded
  }

  static func plan(_ text: String) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    guard
      let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: diagnostics),
      let plan = Plan(loaded, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return plan
  }

  /// The training of an experiment, on images that are given instead of its data set's.
  static func make(
    _ text: String, _ images: any ExampleSource, train: Range<Int>, validation: Range<Int>
  ) throws -> TrainingJob {
    let plan = try plan(text)
    return try TrainingJob(
      plan, device: .cpu,
      examples: ExampleSet(
        images, plan.transforms, isCategory: plan.task.targetsAreClasses, device: .cpu),
      trainIndices: Array(train), validationIndices: Array(validation))
  }
}
