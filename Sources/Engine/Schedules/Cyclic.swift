import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `CyclicLR` (Smith, "Cyclical learning rates for training neural networks", 2017): from base_lr
/// up to max_lr and down again, step by step.
///
/// Momentum is not cycled: it keeps the optimizer's value, as with PyTorch's `cycle_momentum=False`.
package struct Cyclic: ScheduleDefinition {
  package static let schema = ComponentSchema(
    "cyclic", main: "max_lr",
    [
      Field("base_lr", .number(.positive), .required, doc: "The lowest learning rate."),
      Field("max_lr", .number(.positive), .required, doc: "The highest learning rate."),
      Field(
        "step_size_up", .integer(.atLeast(1)), default: "2000",
        doc: "Steps in which the learning rate rises."),
      Field(
        "step_size_down", .integer(.atLeast(1)), .optional,
        doc: "Steps in which it falls; as many as it rises in if left out."),
      Field(
        "mode", .choice(["triangular", "triangular2", "exp_range"]), default: "triangular",
        doc: "Whether all cycles are equally high, each is half as high as the one before, or the "
          + "height shrinks by gamma in every step."),
      Field(
        "gamma", .number(.positive), default: "1",
        doc: "The factor of the height in every step, for exp_range."),
    ],
    doc:
      "Raises and lowers the learning rate between two values, step by step; the optimizer's own "
      + "learning rate and momentum are not used.")

  private let lowest: Double
  private let highest: Double
  private let rise: Int
  private let riseRange: SourceRange?
  private let fall: Int
  private let shape: Cycles.Shape

  package init(_ arguments: Arguments) throws {
    lowest = try arguments.number("base_lr")
    highest = try arguments.number("max_lr")
    guard lowest <= highest else {
      throw InputError(
        "'base_lr' is \(NumberText.short(lowest)), above 'max_lr', which is "
          + NumberText.short(highest), at: arguments.range("base_lr"))
    }
    rise = try arguments.integer("step_size_up")
    riseRange = arguments.range("step_size_up")
    fall = arguments.has("step_size_down") ? try arguments.integer("step_size_down") : rise
    switch try arguments.string("mode") {
    case "triangular2": shape = .halving
    case "exp_range": shape = .shrinking(try arguments.number("gamma"))
    default: shape = .constant
    }
  }

  package func schedule(over training: TrainingFacts) -> any Schedule {
    let base = training.learningRate
    return Cycles(
      lowest: lowest / base, height: (highest - lowest) / base, rise: Double(rise),
      fall: Double(fall), shape: shape)
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    let length = ScheduleLength(training, in: .step)
    guard length.isWellAfter(rise) else { return nil }
    return Diagnostic(
      .warning, "'cyclic' would reach max_lr after \(length.text(rise)); \(length.trainingText)",
      at: riseRange)
  }
}

private struct Cycles: Schedule {
  /// How high a cycle is.
  enum Shape {
    case constant
    /// Half as high as the one before.
    case halving
    /// Multiplied by this in every step.
    case shrinking(Double)
  }

  /// As factors on the optimizer's learning rate.
  let lowest: Double
  let height: Double
  /// Steps.
  let rise: Double
  let fall: Double
  let shape: Shape

  func factor(at position: SchedulePosition) -> Double {
    let passed = Double(position.step - 1)
    let cycles = passed / (rise + fall)
    let share = cycles - floor(cycles)
    let top = rise / (rise + fall)
    let part = share <= top ? share / top : (share - 1) / (top - 1)
    let scale =
      switch shape {
      case .constant: 1.0
      case .halving: pow(2, -floor(cycles))
      case .shrinking(let gamma): pow(gamma, passed)
      }
    return lowest + height * part * scale
  }
}
