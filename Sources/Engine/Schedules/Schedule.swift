import Diagnostics
import ExperimentConfig

/// The learning rate over one training, as a factor on the optimizer's. With several parameter groups it
/// multiplies each group's own rate, so their proportions stay the same.
package protocol Schedule: Sendable {
  /// The factor on the learning rate in the step at `position`.
  func factor(at position: SchedulePosition) -> Double

  /// The result whose values must be passed to `observe` after each epoch; `nil` for a schedule that depends
  /// only on the position.
  var monitor: MonitoredRate? { get }

  /// Records the value of `monitor` after an epoch; an undefined value, `nil`, changes nothing.
  mutating func observe(_ value: Double?)

  /// The state after the observed values, for a checkpoint; `nil` for a schedule without `monitor`.
  var state: ReduceOnPlateau.State? { get set }
}

/// The monitor of a schedule.
package struct MonitoredRate: Sendable, Hashable {
  package let monitor: Monitor
  /// The number of epochs without improvement after which the learning rate changes.
  package let patience: Int
  /// Where the experiment names the monitor.
  package let range: SourceRange?

  package static func == (left: Self, right: Self) -> Bool {
    left.monitor == right.monitor && left.patience == right.patience
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(monitor)
    hasher.combine(patience)
  }
}

extension Schedule {
  package var monitor: MonitoredRate? { nil }
  package mutating func observe(_ value: Double?) {}
  package var state: ReduceOnPlateau.State? {
    get { nil }
    set {}
  }
}

/// What is known about a training before it starts.
package struct TrainingFacts: Sendable {
  /// The learning rate that the factors multiply; above 0.
  package let learningRate: Double
  package let epochs: Int
  package let stepsPerEpoch: Int
  package let steps: Int
  /// The results that can be monitored.
  package let results: MonitoredResults
  /// Whether `stepsPerEpoch` comes from the data. Before the data is read it is assumed to be longer than any
  /// warm-up.
  package let knowsSteps: Bool

  /// - Parameters:
  ///   - epochs: at least 1.
  ///   - stepsPerEpoch: at least 1.
  ///   - maxSteps: ends training early if reached first; there are then fewer epochs, the last of which may
  ///     be incomplete.
  ///   - knowsSteps: whether `stepsPerEpoch` comes from the data.
  ///   - results: the results that can be monitored.
  package init(
    learningRate: Double, epochs: Int, stepsPerEpoch: Int, maxSteps: Int? = nil,
    knowsSteps: Bool = true, results: MonitoredResults
  ) {
    self.learningRate = learningRate
    self.knowsSteps = knowsSteps
    self.results = results
    self.stepsPerEpoch = stepsPerEpoch
    let (whole, overflow) = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
    steps = min(overflow ? Int.max : whole, maxSteps ?? Int.max)
    self.epochs = min(epochs, (steps - 1) / stepsPerEpoch + 1)
  }

  /// The number of intervals in the training.
  func count(of interval: Interval) -> Int { interval == .epoch ? epochs : steps }
}

/// A step of the training.
package struct SchedulePosition: Sendable, Hashable {
  /// The step, counted over the whole training from 1.
  package let step: Int
  /// The epoch, from 1.
  package let epoch: Int

  package init(step: Int, epoch: Int) {
    self.step = step
    self.epoch = epoch
  }

  /// The number of intervals before this position: how often PyTorch's scheduler would have stepped.
  func passed(_ interval: Interval) -> Int { (interval == .epoch ? epoch : step) - 1 }
}

/// The unit in which a schedule advances: every epoch or every step.
enum Interval: String {
  case epoch, step

  /// The argument that every schedule but `one_cycle` and `reduce_on_plateau` has.
  static let field = Field(
    "interval", .choice(["epoch", "step"]), default: "epoch",
    doc: "How often the learning rate changes; the unit of the other arguments.")

  init(_ arguments: Arguments) throws {
    self = try arguments.string("interval") == "step" ? .step : .epoch
  }
}
