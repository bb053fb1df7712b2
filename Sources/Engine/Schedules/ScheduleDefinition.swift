import Diagnostics
import ExperimentConfig

/// A schedule that an experiment can name, decoded from its arguments.
///
/// Each schedule is declared in one file: name, arguments and documentation, checks, and formula. Names,
/// arguments, defaults and values are those of `torch.optim.lr_scheduler`, with the scheduler stepped after
/// every epoch, or after every step with `interval: step`.
package protocol ScheduleDefinition: Sendable {
  static var schema: ComponentSchema { get }

  /// - Throws: `InputError` if the arguments contradict each other.
  init(_ arguments: Arguments) throws

  /// The schedule for one training.
  ///
  /// - Throws: `InputError` if the arguments do not fit the training.
  func schedule(over training: TrainingFacts) throws -> any Schedule

  /// A warning if the schedule ends well before or after the training; otherwise `nil`.
  func lengthProblem(_ training: TrainingFacts) -> Diagnostic?
}

extension ScheduleDefinition {
  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? { nil }
}

extension ScheduleDefinition where Self: Schedule {
  /// The same for every training.
  package func schedule(over training: TrainingFacts) -> any Schedule { self }
}
