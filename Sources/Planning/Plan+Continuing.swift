import Datasets
import Diagnostics
import ExperimentConfig
import Schedules
import Tasks

extension Plan {
  /// Whether the learning rate of one of the first `steps` steps is another one than it was in a training
  /// that differs in its number of epochs alone.
  ///
  /// - Parameter trainCount: how many examples are trained on.
  package func changesSchedule(of other: Plan, trainCount: Int, steps: Int) throws -> Bool {
    let results = MonitoredResults(try MetricSet(experiment.metrics, task: task))
    func schedule(_ experiment: Experiment) throws -> (any Schedule, Int)? {
      guard let component = experiment.schedule else { return nil }
      let facts = try Self.facts(experiment, trainCount: trainCount, results)
      return (try ScheduleRegistry.make(component, facts), facts.stepsPerEpoch)
    }
    guard let (new, stepsPerEpoch) = try schedule(experiment),
      let (old, _) = try schedule(other.experiment)
    else { return false }
    return (0..<steps).contains { step in
      let position = SchedulePosition(step: step + 1, epoch: step / stepsPerEpoch + 1)
      return new.factor(at: position) != old.factor(at: position)
    }
  }
}
