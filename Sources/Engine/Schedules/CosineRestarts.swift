import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `CosineAnnealingWarmRestarts` (Loshchilov and Hutter, "SGDR", 2017): half a cosine from the
/// learning rate η down to η_min in T_0 intervals, then again from η, each time t_mult times as long:
/// η_min + (η − η_min) · (1 + cos(π T_cur / T_i)) / 2, T_cur intervals after the last restart.
package struct CosineRestarts: ScheduleDefinition {
  package static let schema = ComponentSchema(
    "cosine_restarts", main: "t_0",
    [
      Field(
        "t_0", .integer(.atLeast(1)), .required, doc: "Intervals until the first restart."),
      Field(
        "t_mult", .integer(.atLeast(1)), default: "1",
        doc: "How many times as long each period is as the one before it."),
      Field("eta_min", .number(.nonNegative), default: "0", doc: "The lowest learning rate."),
      Interval.field,
    ],
    doc: "Lowers the learning rate along half a cosine, again and again from the start.")

  private let first: Int
  private let firstRange: SourceRange?
  private let growth: Int
  private let lowest: Double
  private let lowestRange: SourceRange?
  private let interval: Interval

  package init(_ arguments: Arguments) throws {
    first = try arguments.integer("t_0")
    firstRange = arguments.range("t_0")
    growth = try arguments.integer("t_mult")
    lowest = try arguments.number("eta_min")
    lowestRange = arguments.range("eta_min")
    interval = try Interval(arguments)
  }

  package func schedule(over training: TrainingFacts) throws -> any Schedule {
    guard lowest <= training.learningRate else {
      throw InputError(
        "'eta_min' is \(NumberText.short(lowest)), above the optimizer's learning rate of "
          + NumberText.short(training.learningRate), at: lowestRange)
    }
    return Restarts(
      first: first, growth: growth, minimum: lowest / training.learningRate, interval: interval)
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let length = ScheduleLength(training, in: interval)
    guard length.isNeverReached(first) else { return nil }
    // A single period that ends with the training is half a cosine.
    guard length.all != first else { return nil }
    return Diagnostic(
      .warning,
      "'cosine_restarts' never restarts: its first period takes \(length.text(first)); "
        + length.trainingText, at: firstRange, hint: length.hint("t_0", first))
  }
}

private struct Restarts: Schedule {
  let first: Int
  let growth: Int
  /// The minimum as a share of the learning rate.
  let minimum: Double
  let interval: Interval

  func factor(at position: SchedulePosition) -> Double {
    var passed = position.passed(interval)
    var length = first
    if growth == 1 {
      passed %= length
    } else {
      while passed >= length {
        passed -= length
        let (next, overflow) = length.multipliedReportingOverflow(by: growth)
        length = overflow ? .max : next
      }
    }
    let share = Double(passed) / Double(length)
    return minimum + (1 - minimum) * (1 + cos(Double.pi * share)) / 2
  }
}
