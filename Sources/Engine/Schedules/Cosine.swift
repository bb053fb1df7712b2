import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `CosineAnnealingLR` (the first half of Loshchilov and Hutter, 2017):
/// η_min + (η − η_min) · (1 + cos(π t / T_max)) / 2 after t intervals; it rises again after T_max.
///
/// With a warm-up of w intervals it is `SequentialLR` of `LinearLR`, from `warmup_start_factor` to 1 in
/// w intervals, followed by this schedule.
package struct Cosine: ScheduleDefinition {
  package static let schema = ComponentSchema(
    "cosine", main: "t_max",
    [
      Field(
        "t_max", .integer(.atLeast(1)), .optional,
        doc: "Number of intervals until the minimum; all that follow the warm-up if left out."),
      Field("eta_min", .number(.nonNegative), default: "0", doc: "The lowest learning rate."),
      Field(
        "eta_min_factor", .number(.unit), .optional,
        doc: "The lowest learning rate as a fraction of the optimizer's; use instead of eta_min."),
      Field(
        "warmup_epochs", .integer(.atLeast(0)), default: "0",
        doc: "Number of epochs of linear warm-up."),
      Field(
        "warmup_steps", .integer(.atLeast(0)), default: "0",
        doc: "Number of steps of linear warm-up; needs interval: step."),
      Field(
        "warmup_start_factor",
        .number(.positiveUnit),
        default: "0.3333333333333333",
        doc: "The factor of the learning rate at the start of the warm-up."),
      Interval.field,
    ],
    doc: "Lowers the learning rate along half a cosine, optionally after a warm-up.")

  private enum Minimum {
    /// A share of the learning rate.
    case factor(Double)
    case rate(Double)
  }

  /// `nil` for all intervals after the warm-up.
  private let tMax: Int?
  private let tMaxRange: SourceRange?
  private let minimum: Minimum
  private let minimumRange: SourceRange?
  private let warmupEpochs: Int
  private let warmupSteps: Int
  private let warmupRange: SourceRange?
  private let warmupStart: Double
  private let interval: Interval

  package init(_ arguments: Arguments) throws {
    interval = try Interval(arguments)
    warmupEpochs = try arguments.integer("warmup_epochs")
    warmupSteps = try arguments.integer("warmup_steps")
    warmupRange = arguments.range(warmupSteps > 0 ? "warmup_steps" : "warmup_epochs")
    if warmupEpochs > 0, warmupSteps > 0 {
      throw InputError(
        "the warm-up is given both in epochs and in steps", at: warmupRange,
        hint: "remove one of the two")
    }
    if warmupSteps > 0, interval == .epoch {
      throw InputError(
        "a warm-up in steps needs a learning rate that changes with every step", at: warmupRange,
        hint: "write interval: step")
    }
    warmupStart = try arguments.number("warmup_start_factor")
    tMax = arguments.has("t_max") ? try arguments.integer("t_max") : nil
    tMaxRange = arguments.range("t_max")

    let lowest = try arguments.number("eta_min")
    if arguments.has("eta_min_factor") {
      minimum = .factor(try arguments.number("eta_min_factor"))
      minimumRange = arguments.range("eta_min_factor")
      if lowest != 0 {
        throw InputError(
          "the lowest learning rate is given twice", at: minimumRange,
          hint: "remove eta_min or eta_min_factor")
      }
    } else {
      minimum = .rate(lowest)
      minimumRange = arguments.range("eta_min")
    }
  }

  package func schedule(over training: TrainingFacts) throws -> any Schedule {
    let (warmup, all) = (warmup(training), training.count(of: interval))
    guard tMax != nil || warmup < all else {
      throw InputError(
        "the warm-up takes the whole training: \(warmup) of \(all) \(interval.rawValue)s",
        at: warmupRange)
    }
    return Curve(
      tMax: tMax ?? all - warmup, minimum: try share(of: training.learningRate), warmup: warmup,
      warmupStart: warmupStart, interval: interval)
  }

  /// The length of the warm-up in intervals.
  private func warmup(_ training: TrainingFacts) -> Int {
    if interval == .epoch { return warmupEpochs }
    return warmupSteps > 0 ? warmupSteps : warmupEpochs * training.stepsPerEpoch
  }

  /// The minimum as a share of the learning rate.
  private func share(of learningRate: Double) throws -> Double {
    switch minimum {
    case .factor(let factor): return factor
    case .rate(let lowest):
      guard lowest <= learningRate else {
        throw InputError(
          "'eta_min' is \(NumberText.short(lowest)), above the optimizer's learning rate of "
            + NumberText.short(learningRate), at: minimumRange)
      }
      return lowest / learningRate
    }
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    guard let tMax else { return nil }
    let length = ScheduleLength(training, in: interval)
    let end = warmup(training) + tMax
    if length.isWellBefore(end) {
      return Diagnostic(
        .warning,
        "'cosine' reaches its minimum after \(length.text(end)) and then rises again; "
          + length.trainingText, at: tMaxRange, hint: "without t_max it spans the training")
    }
    if length.isWellAfter(end) {
      return Diagnostic(
        .warning,
        "'cosine' would reach its minimum after \(length.text(end)); \(length.trainingText)",
        at: tMaxRange,
        hint: length.hint("t_max", end) ?? "without t_max it spans the training")
    }
    return nil
  }
}

private struct Curve: Schedule {
  let tMax: Int
  /// The minimum as a share of the learning rate.
  let minimum: Double
  let warmup: Int
  let warmupStart: Double
  let interval: Interval

  func factor(at position: SchedulePosition) -> Double {
    let passed = position.passed(interval)
    if passed < warmup { return Linear.ramp(passed, of: warmup, from: warmupStart, to: 1) }
    let angle = Double.pi * Double(passed - warmup) / Double(tMax)
    return minimum + (1 - minimum) * (1 + cos(angle)) / 2
  }
}
