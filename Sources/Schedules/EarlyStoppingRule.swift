import Diagnostics
import ExperimentConfig

/// When to stop before the last epoch.
package struct EarlyStoppingRule: Sendable {
  package let monitor: Monitor
  package let patience: Int
  package let minDelta: Double
  package let restoresBest: Bool

  /// - Throws: `InputError` where the value that is watched does not say which way it gets better.
  package init(
    _ settings: EarlyStoppingSettings, higherIsBetter: (String) -> Bool?
  ) throws {
    guard
      let monitor = Monitor(
        settings.monitor, given: settings.mode, higherIsBetter: higherIsBetter(settings.monitor))
    else {
      throw InputError(
        "'\(settings.monitor)' is no value that says which way it gets better", at: settings.range,
        hint: "name another, or write mode: min or mode: max")
    }
    self.monitor = monitor
    patience = settings.patience
    minDelta = settings.minDelta
    restoresBest = settings.restoresBest
  }
}
