import ExperimentConfig
import Foundation

/// PyTorch's `ExponentialLR`: γ^t after t intervals.
package struct Exponential: ScheduleDefinition, Schedule {
  package static let schema = ComponentSchema(
    "exponential", main: "gamma",
    [
      Field(
        "gamma", .number(.positive), .required,
        doc: "The factor after every interval."),
      Interval.field,
    ], doc: "Multiplies the learning rate by gamma after every epoch.")

  private let gamma: Double
  private let interval: Interval

  package init(_ arguments: Arguments) throws {
    gamma = try arguments.number("gamma")
    interval = try Interval(arguments)
  }

  package func factor(at position: SchedulePosition) -> Double {
    pow(gamma, Double(position.passed(interval)))
  }
}
