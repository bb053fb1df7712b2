import Classification
import DataSchema
import ExperimentConfig
import Tasks

/// Reading what earlier versions recorded: directories of format 1 all classify, and do not say it.
extension TaskRegistry {
  /// What a run of format 1 was asked whose classes are not known.
  package static var recorded: any Task { ClassificationTask(classes: 2) }

  /// The score that runs of format 1 are ranked by.
  package static var recordedPrimary: String { ClassificationTask.primaryKey }

  /// The primary score of every task.
  package static let primaries: [String] = all.map { $0.primaryKey }

  /// What a task's primary score says; `nil` if it is none's.
  package static func facts(ofPrimary key: String) -> MetricFacts? {
    all.first { $0.primaryKey == key }.flatMap { facts(ofRecorded: key, task: $0.name) }
  }

  /// The task of a run that recorded this name, for whatever needs no names of classes.
  ///
  /// - Parameter name: `nil` for a run of format 1.
  package static func type(ofRecorded name: String?) -> any Task.Type {
    name.flatMap { task(named: $0) } ?? ClassificationTask.self
  }

  /// What a score of a run says that does not say it itself.
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

  /// The task whose predictions have these columns, with classes and the like called by their numbers.
  package static func task(of layout: PredictionLayout) -> any Task {
    let found = self.layout(ofHeading: layout.columns)?.task ?? ClassificationTask.self
    return found.init(layout: layout)
  }
}
