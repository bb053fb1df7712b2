import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `CosineAnnealingLR` (the first half of Loshchilov and Hutter, 2017):
/// η_min + (η − η_min) · (1 + cos(π t / T_max)) / 2 after t intervals, beyond T_max up again.
///
/// With a warm-up of w intervals it is `SequentialLR` of `LinearLR`, from `warmup_start_factor` to 1 in
/// w intervals, and of this, which begins after w.
package struct Cosine: Schedule {
  package static let schema = ComponentSchema(
    "cosine", main: "t_max",
    [
      Field(
        "t_max", .integer(.atLeast(1)), .optional,
        doc: "Intervals until the minimum; all that follow the warm-up if left out."),
      Field("eta_min", .number(.nonNegative), default: "0", doc: "The lowest learning rate."),
      Field(
        "eta_min_factor", .number(.unit), .optional,
        doc: "The lowest learning rate as a share of the optimizer's; instead of eta_min."),
      Field(
        "warmup_epochs", .integer(.atLeast(0)), default: "0",
        doc: "Epochs in which the learning rate first rises in a straight line."),
      Field(
        "warmup_steps", .integer(.atLeast(0)), default: "0",
        doc: "The same in steps, with interval: step."),
      Field(
        "warmup_start_factor",
        .number(.positiveUnit),
        default: "0.3333333333333333",
        doc: "The share of the learning rate that the warm-up begins with."),
      Interval.field,
    ],
    doc: "Lowers the learning rate along half a cosine, after a warm-up if wanted.")

  private let tMax: Int
  /// As a share of the learning rate.
  private let minimum: Double
  private let warmup: Int
  private let warmupStart: Double
  private let interval: Interval
  private let lengthRange: SourceRange?

  package init(_ arguments: Arguments, _ training: TrainingFacts) throws {
    interval = try Interval(arguments)
    let inEpochs = try arguments.integer("warmup_epochs")
    let inSteps = try arguments.integer("warmup_steps")
    if inEpochs > 0, inSteps > 0 {
      throw InputError(
        "the warm-up is given in epochs and in steps", at: arguments.range("warmup_steps"),
        hint: "leave one of the two out")
    }
    if inSteps > 0, interval == .epoch {
      throw InputError(
        "a warm-up in steps needs a learning rate that changes with every step",
        at: arguments.range("warmup_steps"), hint: "write interval: step")
    }
    warmup =
      interval == .epoch ? inEpochs : inSteps > 0 ? inSteps : inEpochs * training.stepsPerEpoch
    warmupStart = try arguments.number("warmup_start_factor")

    lengthRange = arguments.range("t_max")
    let all = training.count(of: interval)
    if arguments.has("t_max") {
      tMax = try arguments.integer("t_max")
    } else {
      guard warmup < all else {
        throw InputError(
          "the warm-up takes the whole training: \(warmup) of \(all) \(interval.rawValue)s",
          at: arguments.range(inSteps > 0 ? "warmup_steps" : "warmup_epochs"))
      }
      tMax = all - warmup
    }

    if arguments.has("eta_min_factor") {
      minimum = try arguments.number("eta_min_factor")
      if try arguments.number("eta_min") != 0 {
        throw InputError(
          "the lowest learning rate is given twice", at: arguments.range("eta_min_factor"),
          hint: "leave eta_min or eta_min_factor out")
      }
    } else {
      let lowest = try arguments.number("eta_min")
      guard lowest <= training.learningRate else {
        throw InputError(
          "'eta_min' is \(NumberText.short(lowest)), above the optimizer's learning rate of "
            + NumberText.short(training.learningRate), at: arguments.range("eta_min"))
      }
      minimum = lowest / training.learningRate
    }
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let length = ScheduleLength(training, in: interval)
    let end = warmup + tMax
    if length.isWellBefore(end) {
      return Diagnostic(
        .warning,
        "'cosine' reaches its minimum after \(length.text(end)) and then rises again; "
          + length.trainingText, at: lengthRange, hint: "without t_max it spans the training")
    }
    if length.isWellAfter(end) {
      return Diagnostic(
        .warning,
        "'cosine' would reach its minimum after \(length.text(end)); \(length.trainingText)",
        at: lengthRange,
        hint: length.hint("t_max", end) ?? "without t_max it spans the training")
    }
    return nil
  }

  package func factor(at position: SchedulePosition) -> Double {
    let passed = position.passed(interval)
    if passed < warmup { return Linear.ramp(passed, of: warmup, from: warmupStart, to: 1) }
    let angle = Double.pi * Double(passed - warmup) / Double(tMax)
    return minimum + (1 - minimum) * (1 + cos(angle)) / 2
  }
}
