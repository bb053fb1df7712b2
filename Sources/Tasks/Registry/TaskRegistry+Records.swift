import Classification
import DataSchema
import ExperimentConfig
import Tasks

/// Reads records of earlier versions: run directories of format 1 are always classification,
/// without saying so.
extension TaskRegistry {
  /// The task of a format 1 run whose classes are unknown.
  package static var recorded: any Task { ClassificationTask(classes: 2) }

  /// The score by which format 1 runs are ranked.
  package static var recordedPrimary: String { ClassificationTask.primaryKey }

  /// The primary score keys of all tasks.
  package static let primaries: [String] = all.map { $0.primaryKey }

  /// The facts of a primary score; `nil` if no task has it.
  package static func facts(ofPrimary key: String) -> MetricFacts? {
    all.first { $0.primaryKey == key }.flatMap { facts(ofRecorded: key, task: $0.name) }
  }

  /// The task type that a run recorded, for uses that do not need class names.
  ///
  /// - Parameter name: `nil` for a run of format 1.
  package static func type(ofRecorded name: String?) -> any Task.Type {
    name.flatMap { task(named: $0) } ?? ClassificationTask.self
  }

  /// The facts of a score, for runs that do not record them.
  ///
  /// - Parameter task: `nil` for a run of format 1.
  package static func facts(ofRecorded key: String, task: String?) -> MetricFacts? {
    if key == "loss" { return .loss }
    let metrics = type(ofRecorded: task).metrics
    let owner =
      metrics.filter { key == $0.schema.name || key.hasPrefix($0.schema.name + "_") }
      .max { $0.schema.name.count < $1.schema.name.count }
      ?? metrics.first { $0.owns(key) }
    guard let owner, let higherIsBetter = owner.higherIsBetter else { return nil }
    return MetricFacts(unit: owner.unit, higherIsBetter: higherIsBetter)
  }

  /// The task whose predictions have these columns, with classes and the like named by their
  /// numbers.
  package static func task(of layout: PredictionLayout) -> any Task {
    let found = self.layout(ofHeading: layout.columns)?.task ?? ClassificationTask.self
    return found.init(layout: layout)
  }
}
