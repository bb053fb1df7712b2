import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `StepLR`: γ^⌊t / step_size⌋ after t intervals.
package struct Step: ScheduleDefinition, Schedule {
  package static let schema = ComponentSchema(
    "step", main: "step_size",
    [
      Field(
        "step_size", .integer(.atLeast(1)), .required,
        doc: "Number of intervals between two reductions."),
      Field(
        "gamma", .number(.positive), default: "0.1",
        doc: "The factor of each reduction."),
      Interval.field,
    ], doc: "Multiplies the learning rate by gamma every step_size epochs.")

  private let size: Int
  private let gamma: Double
  private let interval: Interval
  private let sizeRange: SourceRange?

  package init(_ arguments: Arguments) throws {
    size = try arguments.integer("step_size")
    gamma = try arguments.number("gamma")
    interval = try Interval(arguments)
    sizeRange = arguments.range("step_size")
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let length = ScheduleLength(training, in: interval)
    guard length.isNeverReached(size) else { return nil }
    return Diagnostic(
      .warning,
      "'step' never lowers the learning rate: its first reduction comes after \(length.text(size)); "
        + length.trainingText, at: sizeRange, hint: length.hint("step_size", size))
  }

  package func factor(at position: SchedulePosition) -> Double {
    pow(gamma, Double(position.passed(interval) / size))
  }
}
