import Diagnostics
import ExperimentConfig
import Foundation

/// PyTorch's `OneCycleLR` (Smith and Topin, 2019) over all steps of the training: from max_lr / div_factor up
/// to max_lr, then down to max_lr / div_factor / final_div_factor.
///
/// Momentum is not cycled: it keeps the optimizer's value, as with PyTorch's `cycle_momentum=False`.
package struct OneCycle: ScheduleDefinition {
  package static let schema = ComponentSchema(
    "one_cycle", main: "max_lr",
    [
      Field("max_lr", .number(.positive), .required, doc: "The highest learning rate."),
      Field(
        "pct_start", .number(.unit), default: "0.3",
        doc: "The fraction of the steps in which the learning rate rises."),
      Field(
        "anneal_strategy", .choice(["cos", "linear"]), default: "cos",
        doc: "Whether the learning rate changes along a cosine or linearly."),
      Field(
        "div_factor", .number(.positive), default: "25",
        doc: "The first learning rate is max_lr divided by this."),
      Field(
        "final_div_factor", .number(.positive), default: "1e4",
        doc: "The last learning rate is the first one divided by this."),
      Field(
        "three_phase", .boolean, default: "false",
        doc:
          "Whether to return to the first learning rate as fast as it rose, before falling further."
      ),
    ],
    doc: "Raises the learning rate to max_lr and lowers it again, step by step over the whole "
      + "training; the optimizer's own learning rate and momentum are not used.")

  private let highest: Double
  private let divisor: Double
  private let finalDivisor: Double
  /// The share of steps in which the learning rate rises.
  private let riseShare: Double
  private let isThreePhase: Bool
  private let isLinear: Bool

  package init(_ arguments: Arguments) throws {
    highest = try arguments.number("max_lr")
    divisor = try arguments.number("div_factor")
    finalDivisor = try arguments.number("final_div_factor")
    riseShare = try arguments.number("pct_start")
    isThreePhase = try arguments.boolean("three_phase")
    isLinear = try arguments.string("anneal_strategy") == "linear"
    guard !isThreePhase || riseShare <= 0.5 else {
      throw InputError(
        "rising and falling would take more steps than there are: 'pct_start' is "
          + "\(NumberText.short(riseShare)) and counts twice", at: arguments.range("pct_start"),
        hint: "with three_phase it can be at most 0.5")
    }
  }

  package func schedule(over training: TrainingFacts) -> any Schedule {
    let first = highest / divisor
    let last = first / finalDivisor
    let base = training.learningRate
    let steps = Double(training.steps)
    let rise = Cycle.Phase(end: riseShare * steps - 1, from: first / base, to: highest / base)
    let phases =
      isThreePhase
      ? [
        rise,
        Cycle.Phase(end: 2 * riseShare * steps - 2, from: highest / base, to: first / base),
        Cycle.Phase(end: steps - 1, from: first / base, to: last / base),
      ] : [rise, Cycle.Phase(end: steps - 1, from: highest / base, to: last / base)]
    return Cycle(phases: phases, isLinear: isLinear)
  }
}

private struct Cycle: Schedule {
  struct Phase {
    var end: Double
    /// Factors on the learning rate at the start and end of the phase.
    var from: Double
    var to: Double
  }

  let phases: [Phase]
  let isLinear: Bool

  func factor(at position: SchedulePosition) -> Double {
    let passed = Double(position.step - 1)
    var start = 0.0
    for (place, phase) in phases.enumerated() {
      if passed <= phase.end || place == phases.count - 1 {
        // A phase too short for any step counts as finished; PyTorch divides by zero.
        let length = phase.end - start
        let share = length > 0 ? min(1, (passed - start) / length) : 1
        return anneal(from: phase.from, to: phase.to, share)
      }
      start = phase.end
    }
    return 1
  }

  private func anneal(from start: Double, to end: Double, _ share: Double) -> Double {
    isLinear
      ? (end - start) * share + start : end + (start - end) / 2 * (cos(Double.pi * share) + 1)
  }
}
