import Diagnostics
import ExperimentConfig

/// A schedule that an experiment may name, decoded from its arguments.
///
/// A schedule is declared once, in one file: name, arguments and documentation, checks, and its formula.
/// Names, arguments and defaults are those of `torch.optim.lr_scheduler`, and so are the values, where
/// PyTorch's scheduler takes its step after every epoch, or after every step with `interval: step`.
package protocol ScheduleDefinition: Sendable {
  static var schema: ComponentSchema { get }

  /// - Throws: `InputError` if the arguments contradict each other.
  init(_ arguments: Arguments) throws

  /// The schedule of one training.
  ///
  /// - Throws: `InputError` if the arguments do not fit the training.
  func schedule(over training: TrainingFacts) throws -> any Schedule

  /// Whether the schedule ends well before or after the training, as a warning.
  func lengthProblem(_ training: TrainingFacts) -> Diagnostic?
}

extension ScheduleDefinition {
  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? { nil }
}

extension ScheduleDefinition where Self: Schedule {
  /// The same for every training.
  package func schedule(over training: TrainingFacts) -> any Schedule { self }
}
