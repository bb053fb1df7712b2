import Diagnostics
import ExperimentConfig

/// PyTorch's `ConstantLR`: the learning rate is multiplied by a factor for a number of intervals. PyTorch's
/// defaults, 1/3 and 5, would be surprising for a schedule called constant; here the default is no change.
package struct Constant: ScheduleDefinition, Schedule {
  package static let schema = ComponentSchema(
    "constant",
    [
      Field(
        "factor", .number(.unit), default: "1",
        doc: "The initial factor of the learning rate."),
      Field(
        "total_iters", .integer(.atLeast(0)), default: "0",
        doc: "Number of intervals for which it applies."),
      Interval.field,
    ], doc: "A constant learning rate, optionally multiplied by a factor for the first intervals.")

  private let first: Double
  private let length: Int
  private let interval: Interval
  private let lengthRange: SourceRange?

  package init(_ arguments: Arguments) throws {
    first = try arguments.number("factor")
    length = try arguments.integer("total_iters")
    interval = try Interval(arguments)
    lengthRange = arguments.range("total_iters")
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let end = ScheduleLength(training, in: interval)
    guard first != 1, length > 0, end.isNeverReached(length) else { return nil }
    return Diagnostic(
      .warning,
      "'constant' lowers the learning rate for \(end.text(length)) and so for the whole training; "
        + end.trainingText, at: lengthRange, hint: end.hint("total_iters", length))
  }

  package func factor(at position: SchedulePosition) -> Double {
    position.passed(interval) < length ? first : 1
  }
}
