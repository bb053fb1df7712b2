import ExperimentConfig
import Foundation

/// PyTorch's `StepLR`: γ^⌊t / step_size⌋ after t intervals.
package struct Step: Schedule {
  package static let schema = ComponentSchema(
    "step", main: "step_size",
    [
      Field(
        "step_size", .integer(.atLeast(1)), .required, doc: "Intervals between two reductions."),
      Field(
        "gamma", .number(.positive), default: "0.1",
        doc: "What the learning rate is multiplied with each time."),
      Interval.field,
    ], doc: "Multiplies the learning rate with gamma every step_size epochs.")

  private let size: Int
  private let gamma: Double
  private let interval: Interval

  package init(_ arguments: Arguments, _ training: TrainingFacts) throws {
    size = try arguments.integer("step_size")
    gamma = try arguments.number("gamma")
    interval = try Interval(arguments)
  }

  package func factor(at position: SchedulePosition) -> Double {
    pow(gamma, Double(position.passed(interval) / size))
  }
}
