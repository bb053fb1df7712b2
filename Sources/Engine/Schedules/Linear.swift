import Diagnostics
import ExperimentConfig

/// PyTorch's `LinearLR`: start + (end − start) · min(t, n) / n after t intervals.
package struct Linear: ScheduleDefinition, Schedule {
  package static let schema = ComponentSchema(
    "linear",
    [
      Field(
        "start_factor", .number(.positiveUnit),
        default: "0.3333333333333333", doc: "The factor of the learning rate at the beginning."),
      Field(
        "end_factor", .number(.unit), default: "1",
        doc: "The factor of the learning rate at the end."),
      Field(
        "total_iters", .integer(.atLeast(1)), default: "5",
        doc: "The number of intervals from one to the other."),
      Interval.field,
    ], doc: "Changes the learning rate linearly from one factor to another.")

  private let start: Double
  private let end: Double
  private let length: Int
  private let interval: Interval
  private let lengthRange: SourceRange?

  package init(_ arguments: Arguments) throws {
    start = try arguments.number("start_factor")
    end = try arguments.number("end_factor")
    length = try arguments.integer("total_iters")
    interval = try Interval(arguments)
    lengthRange = arguments.range("total_iters")
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let whole = ScheduleLength(training, in: interval)
    guard whole.isWellAfter(length) else { return nil }
    return Diagnostic(
      .warning,
      "'linear' would reach end_factor after \(whole.text(length)); \(whole.trainingText)",
      at: lengthRange, hint: whole.hint("total_iters", length))
  }

  package func factor(at position: SchedulePosition) -> Double {
    Self.ramp(position.passed(interval), of: length, from: start, to: end)
  }

  static func ramp(_ passed: Int, of length: Int, from start: Double, to end: Double) -> Double {
    // Returns exactly `end` at the end, which interpolation might not.
    passed >= length ? end : start + (end - start) * Double(passed) / Double(length)
  }
}
