import Diagnostics
import ExperimentConfig

/// When to stop before the last epoch.
package struct EarlyStoppingRule: Sendable {
  package let monitor: Monitor
  package let patience: Int
  package let minDelta: Double
  package let restoresBest: Bool

  /// - Throws: `InputError` where there is no such value to watch.
  package init(
    _ settings: EarlyStoppingSettings, higherIsBetter: (String) -> Bool?
  ) throws {
    guard
      let monitor = Monitor(
        settings.monitor, given: settings.mode, higherIsBetter: higherIsBetter(settings.monitor))
    else {
      throw Monitor.unknown(settings.monitor, at: settings.range)
    }
    self.monitor = monitor
    patience = settings.patience
    minDelta = settings.minDelta
    restoresBest = settings.restoresBest
  }
}
