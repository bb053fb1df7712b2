import Diagnostics
import ExperimentConfig

/// The learning rate over one training, as a factor of the optimizer's. With several groups of parameters
/// it multiplies each group's own, so their proportions stay.
package protocol Schedule: Sendable {
  /// What the learning rate is multiplied with in the step at `position`.
  func factor(at position: SchedulePosition) -> Double

  /// The result whose values have to be passed to `observe` after each epoch; `nil` for a schedule that
  /// depends on the position alone.
  var monitor: MonitoredRate? { get }

  /// Records the value of `monitor` after an epoch; `nil` if it is undefined, which changes nothing.
  mutating func observe(_ value: Double?)

  /// The state that the observed values have led to, for a checkpoint; `nil` for a schedule without
  /// `monitor`.
  var state: ReduceOnPlateau.State? { get set }
}

/// The monitor of a schedule.
package struct MonitoredRate: Sendable, Hashable {
  package let monitor: Monitor
  /// Epochs without improvement after which the learning rate changes.
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

/// What a schedule knows of the training before it starts.
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
  ///   - maxSteps: ends the training if that is sooner; it then has fewer epochs, of which the last may be
  ///     incomplete.
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

  /// How many intervals the training has.
  func count(of interval: Interval) -> Int { interval == .epoch ? epochs : steps }
}

/// A step of the training.
package struct SchedulePosition: Sendable, Hashable {
  /// From 1, counted over the whole training.
  package let step: Int
  /// From 1.
  package let epoch: Int

  package init(step: Int, epoch: Int) {
    self.step = step
    self.epoch = epoch
  }

  /// The number of steps that PyTorch's scheduler would have taken before.
  func passed(_ interval: Interval) -> Int { (interval == .epoch ? epoch : step) - 1 }
}

/// The interval after which the learning rate changes.
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
