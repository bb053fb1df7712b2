import Diagnostics
import ExperimentConfig
import Tasks

/// A validation result that is monitored from epoch to epoch, and its direction.
package struct Monitor: Sendable, Hashable {
  /// The key of the result, such as `loss` or `f1_macro`.
  package let name: String
  package let mode: MonitorMode

  package init(_ name: String, _ mode: MonitorMode) {
    self.name = name
    self.mode = mode
  }

  /// The result that an experiment monitors.
  ///
  /// - Throws: ``InputError``, located at the name if there is no such result, or at the mode if it
  ///   contradicts the result's own direction.
  package init(_ settings: MonitorSettings, among results: MonitoredResults) throws {
    let text = settings.name
    guard let monitor = results.monitor(named: text) else {
      throw Self.unknown(text, at: settings.range, results)
    }
    if let mode = settings.mode, mode != monitor.mode {
      let isHigher = monitor.mode == .max
      throw InputError(
        "\(isHigher ? "higher" : "lower") values of '\(text)' are better: with mode: "
          + "\(mode.rawValue) the worst epoch would count as the "
          + "best", at: settings.modeRange ?? settings.range,
        hint: "remove 'mode', or write mode: \(monitor.mode.rawValue)")
    }
    self = monitor
  }

  private static func unknown(
    _ name: String, at range: SourceRange?, _ results: MonitoredResults
  ) -> InputError {
    if name.hasPrefix("test_") || name.hasPrefix("train_") {
      let isTest = name.hasPrefix("test_")
      return InputError(
        "'\(name)' cannot be monitored, only validation results can", at: range,
        hint: isTest
          ? "a test set that is used to choose no longer gives an unbiased score"
          : "'\(name.dropFirst(6))' is the same result for the validation examples")
    }
    return InputError(
      "there is no validation result '\(name)'", at: range,
      hint: results.hint(for: name)
        ?? "available: " + results.names.joined(separator: ", ") + "; add others to 'metrics'")
  }
}

/// The validation results of an experiment that can be monitored.
package struct MonitoredResults: Sendable {
  private let keys: [MetricKey]
  private let metrics: MetricSet

  package init(_ metrics: MetricSet) {
    self.metrics = metrics
    keys = metrics.keys
  }

  /// The keys of all results.
  package var names: [String] { keys.map(\.key) }

  /// `did you mean 'x'?` for an unknown name; `nil` if no result has a similar name.
  func hint(for name: String) -> String? { metrics.hint(for: name) }

  /// The result that `text` names, resolved as for a sweep's objective; `nil` if there is none.
  package func monitor(named text: String) -> Monitor? {
    metrics.key(named: text).map { Monitor($0.key, $0.higherIsBetter ? .max : .min) }
  }
}
