import ExperimentConfig

/// Ends a training that no longer gets better: after `patience` epochs in a row in which the monitored
/// value was not better than the best one by more than `minDelta`.
///
/// A value that is not a finite number is no improvement, so a training that diverges ends too. An epoch
/// whose value is undefined is skipped: it is neither an improvement nor one of the `patience` epochs.
package struct EarlyStopping: Sendable, Hashable {
  /// The meaning of an epoch's value.
  package enum Verdict: Sendable, Hashable {
    /// Better than every epoch before.
    case best
    case `continue`
    /// The value is undefined and changes nothing.
    case skipped
    /// Training should stop; `bestEpoch` is `nil` if no epoch had a finite value.
    case stop(bestEpoch: Int?)
  }

  /// The state that the values so far have led to.
  package struct State: Sendable, Hashable, Codable {
    /// Epochs seen.
    package var epoch = 0
    package var best: Double?
    package var bestEpoch: Int?
    /// Epochs with a value since then; since the beginning if there is none.
    package var waited = 0
    package var hasStopped = false

    package init() {}
  }

  package let monitor: Monitor
  package let patience: Int
  package let minDelta: Double
  package var state = State()

  /// - Parameters:
  ///   - patience: 0 stops, as 1 does, at the first epoch without improvement.
  ///   - minDelta: in the unit of the value; at least 0.
  package init(monitor: Monitor, patience: Int, minDelta: Double = 0) {
    self.monitor = monitor
    self.patience = patience
    self.minDelta = minDelta
  }

  /// Records the value of the next epoch, `nil` if it is undefined. Once stopped it stays so.
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
