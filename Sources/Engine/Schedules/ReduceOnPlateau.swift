import Diagnostics
import ExperimentConfig

/// PyTorch's `ReduceLROnPlateau`: multiplies the learning rate by `factor` after more than `patience`
/// consecutive epochs that did not improve on the best one by `threshold`.
///
/// A non-finite value is no improvement, as in PyTorch; an epoch whose value is undefined is skipped. The
/// direction of improvement is the metric's own, while PyTorch assumes that lower is better.
package struct ReduceOnPlateau: ScheduleDefinition {
  package static let schema = ComponentSchema(
    "reduce_on_plateau",
    ExperimentSchema.monitor + [
      Field(
        "factor",
        .number(.insideUnit),
        default: "0.1", doc: "The factor of each reduction."),
      Field(
        "patience", .integer(.atLeast(0)), default: "10",
        doc: "Number of epochs without improvement before the learning rate is reduced."),
      Field(
        "threshold", .number(.nonNegative), default: "1e-4",
        doc: "The smallest change that counts as an improvement."),
      Field(
        "threshold_mode", .choice(["rel", "abs"]), default: "rel",
        doc: "Whether threshold is relative to the best value or an absolute difference."),
      Field(
        "cooldown", .integer(.atLeast(0)), default: "0",
        doc: "Number of epochs after a reduction that are not counted."),
      Field("min_lr", .number(.nonNegative), default: "0", doc: "The lowest learning rate."),
      Field(
        "eps", .number(.nonNegative), default: "1e-8",
        doc: "Reductions no larger than this are skipped."),
    ], doc: "Lowers the learning rate when a validation result stops improving.")

  /// The state after the values observed so far.
  package struct State: Sendable, Hashable, Codable {
    /// The current factor on the learning rate.
    package var factor = 1.0
    /// The best value so far; `nil` before the first finite value.
    package var best: Double?
    package var badEpochs = 0
    package var cooldownLeft = 0

    package init() {}
  }

  private let monitor: MonitorSettings
  fileprivate let factor: Double
  fileprivate let patience: Int
  private let patienceRange: SourceRange?
  fileprivate let threshold: Double
  fileprivate let isRelative: Bool
  fileprivate let cooldown: Int
  fileprivate let minimum: Double
  fileprivate let epsilon: Double

  package init(_ arguments: Arguments) throws {
    monitor = try MonitorSettings(arguments)
    factor = try arguments.number("factor")
    patience = try arguments.integer("patience")
    patienceRange = arguments.range("patience")
    threshold = try arguments.number("threshold")
    isRelative = try arguments.string("threshold_mode") == "rel"
    cooldown = try arguments.integer("cooldown")
    minimum = try arguments.number("min_lr")
    epsilon = try arguments.number("eps")
  }

  package func schedule(over training: TrainingFacts) throws -> any Schedule {
    let watched = try Monitor(monitor, among: training.results)
    return PlateauSchedule(
      settings: self, learningRate: training.learningRate,
      watched: MonitoredRate(monitor: watched, patience: patience, range: monitor.range))
  }

  package func lengthProblem(_ training: TrainingFacts) -> Diagnostic? {
    // The first epoch is always the best so far; a reduction needs one more epoch than `patience` without
    // improvement, and an epoch that uses the new rate.
    guard patience + 2 >= training.epochs else { return nil }
    return Diagnostic(
      .warning,
      "'reduce_on_plateau' never lowers the learning rate: with a patience of \(patience) the first "
        + "reduction comes after epoch \(patience + 2), and the training has \(training.epochs)",
      at: patienceRange ?? monitor.range)
  }
}

private struct PlateauSchedule: Schedule {
  let settings: ReduceOnPlateau
  let learningRate: Double
  let watched: MonitoredRate
  private var current = ReduceOnPlateau.State()

  init(settings: ReduceOnPlateau, learningRate: Double, watched: MonitoredRate) {
    self.settings = settings
    self.learningRate = learningRate
    self.watched = watched
  }

  var monitor: MonitoredRate? { watched }

  var state: ReduceOnPlateau.State? {
    get { current }
    set { current = newValue ?? ReduceOnPlateau.State() }
  }

  func factor(at position: SchedulePosition) -> Double { current.factor }

  mutating func observe(_ value: Double?) {
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
    if current.badEpochs > settings.patience {
      reduce()
      current.cooldownLeft = settings.cooldown
      current.badEpochs = 0
    }
  }

  private func isBetter(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    guard let best = current.best else { return true }
    let threshold = settings.threshold
    let isRelative = settings.isRelative
    switch watched.monitor.mode {
    case .min: return value < (isRelative ? best * (1 - threshold) : best - threshold)
    case .max: return value > (isRelative ? best * (1 + threshold) : best + threshold)
    }
  }

  private mutating func reduce() {
    let old = learningRate * current.factor
    let new = max(old * settings.factor, settings.minimum)
    if old - new > settings.epsilon { current.factor = new / learningRate }
  }
}
