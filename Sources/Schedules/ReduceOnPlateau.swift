import Diagnostics
import ExperimentConfig

/// PyTorch's `ReduceLROnPlateau`: the learning rate is multiplied with `factor` once more than
/// `patience` epochs in a row were no better than the best one by `threshold`.
///
/// A value that is not a number is no improvement, as in PyTorch; an epoch whose value is undefined is
/// skipped. The metric knows which way it gets better, where PyTorch assumes that lower is better.
package struct ReduceOnPlateau: Schedule {
  package static let schema = ComponentSchema(
    "reduce_on_plateau",
    ExperimentSchema.monitor + [
      Field(
        "factor",
        .number(.insideUnit),
        default: "0.1", doc: "What the learning rate is multiplied with each time."),
      Field(
        "patience", .integer(.atLeast(0)), default: "10",
        doc: "Epochs without improvement before the learning rate is reduced."),
      Field(
        "threshold", .number(.nonNegative), default: "1e-4",
        doc: "By how much a value has to be better to count."),
      Field(
        "threshold_mode", .choice(["rel", "abs"]), default: "rel",
        doc: "Whether threshold is a share of the best value or a difference to it."),
      Field(
        "cooldown", .integer(.atLeast(0)), default: "0",
        doc: "Epochs after a reduction that do not count."),
      Field("min_lr", .number(.nonNegative), default: "0", doc: "The lowest learning rate."),
      Field(
        "eps", .number(.nonNegative), default: "1e-8",
        doc: "A reduction by no more than this is left out."),
    ], doc: "Lowers the learning rate when a value of the validation examples stops improving.")

  /// The state that the values so far have led to.
  package struct State: Sendable, Hashable, Codable {
    /// Of the learning rate.
    package var factor = 1.0
    /// `nil` before the first finite value.
    package var best: Double?
    package var badEpochs = 0
    package var cooldownLeft = 0

    package init() {}
  }

  private let watched: Monitor
  private let monitorRange: SourceRange?
  private let factor: Double
  private let patience: Int
  private let patienceRange: SourceRange?
  private let threshold: Double
  private let isRelative: Bool
  private let cooldown: Int
  private let minimum: Double
  private let epsilon: Double
  private let learningRate: Double
  private var current = State()

  package init(_ arguments: Arguments, _ training: TrainingFacts) throws {
    monitorRange = arguments.range("monitor")
    watched = try Monitor(
      arguments.string("monitor"), at: monitorRange, mode: arguments.word("mode"),
      at: arguments.range("mode"), among: training.results)
    factor = try arguments.number("factor")
    patience = try arguments.integer("patience")
    patienceRange = arguments.range("patience")
    threshold = try arguments.number("threshold")
    isRelative = try arguments.string("threshold_mode") == "rel"
    cooldown = try arguments.integer("cooldown")
    minimum = try arguments.number("min_lr")
    epsilon = try arguments.number("eps")
    learningRate = training.learningRate
  }

  package var monitor: MonitoredRate? {
    MonitoredRate(monitor: watched, patience: patience, range: monitorRange)
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    // The first epoch is the best so far; a reduction needs one more than patience without improvement,
    // and an epoch after that.
    guard patience + 2 >= training.epochs else { return nil }
    return Diagnostic(
      .warning,
      "'reduce_on_plateau' never lowers the learning rate: with a patience of \(patience) the first "
        + "reduction comes after epoch \(patience + 2), and the training has \(training.epochs)",
      at: patienceRange ?? monitorRange)
  }

  package var state: State? {
    get { current }
    set { current = newValue ?? State() }
  }

  package func factor(at position: SchedulePosition) -> Double { current.factor }

  package mutating func observe(_ value: Double?) {
    guard let value else { return }
    if isBetter(value) {
      current.best = value
      current.badEpochs = 0
    } else {
      current.badEpochs += 1
    }
    if current.cooldownLeft > 0 {
      current.cooldownLeft -= 1
      current.badEpochs = 0
    }
    if current.badEpochs > patience {
      reduce()
      current.cooldownLeft = cooldown
      current.badEpochs = 0
    }
  }

  private func isBetter(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    guard let best = current.best else { return true }
    switch watched.mode {
    case .min: return value < (isRelative ? best * (1 - threshold) : best - threshold)
    case .max: return value > (isRelative ? best * (1 + threshold) : best + threshold)
    }
  }

  private mutating func reduce() {
    let old = learningRate * current.factor
    let new = max(old * factor, minimum)
    if old - new > epsilon { current.factor = new / learningRate }
  }
}
