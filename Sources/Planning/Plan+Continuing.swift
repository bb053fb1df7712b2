import Datasets
import Diagnostics
import ExperimentConfig
import Schedules
import Tasks

extension Plan {
  /// Whether the learning rate of any of the first `steps` steps differs from that of `other`,
  /// which differs only in its number of epochs.
  ///
  /// - Parameter trainCount: the number of training examples.
  package func changesSchedule(of other: Plan, trainCount: Int, steps: Int) throws -> Bool {
    let facts = Self.facts(experiment, trainCount: trainCount, metrics)
    let otherFacts = Self.facts(other.experiment, trainCount: trainCount, metrics)
    guard let new = try schedule?.schedule(over: facts),
      let old = try other.schedule?.schedule(over: otherFacts)
    else { return false }
    return (0..<steps).contains { step in
      let position = SchedulePosition(step: step + 1, epoch: step / facts.stepsPerEpoch + 1)
      return new.factor(at: position) != old.factor(at: position)
    }
  }
}
