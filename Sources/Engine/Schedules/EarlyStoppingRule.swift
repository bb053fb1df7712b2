import Diagnostics
import ExperimentConfig

/// The early-stopping rule of an experiment.
package struct EarlyStoppingRule: Sendable {
  package let monitor: Monitor
  package let patience: Int
  package let minDelta: Double
  package let restoresBest: Bool
  /// Where the experiment names the monitor.
  package let range: SourceRange?

  /// - Throws: ``InputError`` if there is no such result, or `mode` contradicts it.
  package init(_ settings: EarlyStoppingSettings, among results: MonitoredResults) throws {
    monitor = try Monitor(settings.monitor, among: results)
    patience = settings.patience
    minDelta = settings.minDelta
    restoresBest = settings.restoresBest
    range = settings.monitor.range
  }

  /// A warning if the rule can never stop training of `epochs` epochs; otherwise `nil`.
  package func idleness(epochs: Int) -> Diagnostic? {
    guard patience >= epochs else { return nil }
    return Diagnostic(
      .warning,
      "early stopping has no effect: its patience of \(patience) epochs is not less than the "
        + "\(epochs) \(epochs == 1 ? "epoch" : "epochs") of the training", at: range)
  }
}
