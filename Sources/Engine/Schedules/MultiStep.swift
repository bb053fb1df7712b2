import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `MultiStepLR`: γ^n, where n is the number of milestones reached. A milestone that is listed
/// twice counts twice.
package struct MultiStep: ScheduleDefinition, Schedule {
  package static let schema = ComponentSchema(
    "multi_step", main: "milestones",
    [
      Field(
        "milestones", .list(of: .integer(.atLeast(1)), count: 1...10_000), .required,
        doc: "Numbers of intervals after which the learning rate is reduced."),
      Field(
        "gamma", .number(.positive), default: "0.1",
        doc: "The factor of each reduction."),
      Interval.field,
    ], doc: "Multiplies the learning rate by gamma at each of the milestones.")

  private let milestones: [Int]
  private let gamma: Double
  private let interval: Interval
  private let milestonesRange: SourceRange?

  package init(_ arguments: Arguments) throws {
    milestones = try arguments.integers("milestones")
    gamma = try arguments.number("gamma")
    interval = try Interval(arguments)
    milestonesRange = arguments.range("milestones")
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let length = ScheduleLength(training, in: interval)
    let beyond = milestones.filter(length.isNeverReached)
    guard let last = beyond.max() else { return nil }
    let names = beyond.map(String.init).joined(separator: ", ")
    return Diagnostic(
      .warning,
      "'multi_step' never reaches \(beyond.count == 1 ? "the milestone" : "the milestones") \(names); "
        + length.trainingText, at: milestonesRange, hint: length.hint("milestones", last))
  }

  package func factor(at position: SchedulePosition) -> Double {
    let passed = position.passed(interval)
    return pow(gamma, Double(milestones.count { $0 <= passed }))
  }
}
