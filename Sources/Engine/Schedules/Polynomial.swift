import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `PolynomialLR`: (1 − t / total_iters)^power after t intervals, and 0 after total_iters.
package struct Polynomial: ScheduleDefinition, Schedule {
  package static let schema = ComponentSchema(
    "polynomial", main: "total_iters",
    [
      Field(
        "total_iters", .integer(.atLeast(1)), default: "5",
        doc: "The number of intervals until the learning rate is 0."),
      Field(
        "power", .number(.positive), default: "1",
        doc: "The power of the polynomial; 1 is a straight line."),
      Interval.field,
    ], doc: "Lowers the learning rate to 0 along a power of the time that is left.")

  private let length: Int
  private let power: Double
  private let interval: Interval
  private let lengthRange: SourceRange?

  package init(_ arguments: Arguments) throws {
    length = try arguments.integer("total_iters")
    power = try arguments.number("power")
    interval = try Interval(arguments)
    lengthRange = arguments.range("total_iters")
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let whole = ScheduleLength(training, in: interval)
    if whole.isWellBefore(length) {
      return Diagnostic(
        .warning,
        "'polynomial' reaches a learning rate of 0 after \(whole.text(length)), and nothing is learnt "
          + "after that; \(whole.trainingText)", at: lengthRange,
        hint: whole.all.map { "total_iters: \($0) spans the training" })
    }
    if whole.isWellAfter(length) {
      return Diagnostic(
        .warning,
        "'polynomial' would reach 0 after \(whole.text(length)); \(whole.trainingText)",
        at: lengthRange, hint: whole.hint("total_iters", length))
    }
    return nil
  }

  package func factor(at position: SchedulePosition) -> Double {
    let passed = min(position.passed(interval), length)
    return pow(1 - Double(passed) / Double(length), power)
  }
}
