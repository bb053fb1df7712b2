import ExperimentConfig

/// Stops training that no longer improves: after `patience` consecutive epochs in which the monitored value
/// did not improve on the best one by more than `minDelta`.
///
/// A non-finite value is no improvement, so diverging training stops too. An epoch whose value is undefined
/// is skipped: it is neither an improvement nor one of the `patience` epochs.
package struct EarlyStopping: Sendable, Hashable {
  /// The outcome of an epoch.
  package enum Verdict: Sendable, Hashable {
    /// Better than all previous epochs.
    case best
    case `continue`
    /// The value is undefined and changes nothing.
    case skipped
    /// Training should stop; `bestEpoch` is `nil` if no epoch had a finite value.
    case stop(bestEpoch: Int?)
  }

  /// The state after the values observed so far.
  package struct State: Sendable, Hashable, Codable {
    /// The number of epochs seen.
    package var epoch = 0
    package var best: Double?
    package var bestEpoch: Int?
    /// The number of epochs with a value since the best epoch, or since the start if there is none.
    package var waited = 0
    package var hasStopped = false

    package init() {}
  }

  package let monitor: Monitor
  package let patience: Int
  package let minDelta: Double
  package var state = State()

  /// - Parameters:
  ///   - patience: 0 is the same as 1: stop at the first epoch without improvement.
  ///   - minDelta: in the unit of the value; at least 0.
  package init(monitor: Monitor, patience: Int, minDelta: Double = 0) {
    self.monitor = monitor
    self.patience = patience
    self.minDelta = minDelta
  }

  /// Records the value of the next epoch; `nil` if it is undefined. After a stop, every further call
  /// returns it.
  package mutating func observe(_ value: Double?) -> Verdict {
    if state.hasStopped { return .stop(bestEpoch: state.bestEpoch) }
    state.epoch += 1
    guard let value else { return .skipped }
    if isBetter(value) {
      state.best = value
      state.bestEpoch = state.epoch
      state.waited = 0
      return .best
    }
    state.waited += 1
    guard state.waited >= patience else { return .continue }
    state.hasStopped = true
    return .stop(bestEpoch: state.bestEpoch)
  }

  private func isBetter(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    guard let best = state.best else { return true }
    return monitor.mode == .min ? value < best - minDelta : value > best + minDelta
  }
}
