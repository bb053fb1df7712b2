import Diagnostics
import ExperimentConfig
import Tasks

/// A validation result that is monitored from epoch to epoch, and its direction.
package struct Monitor: Sendable, Hashable {
  package enum Mode: String, Sendable, Hashable, Codable {
    case min, max
  }

  /// The key of the result, such as `loss` or `f1_macro`.
  package let name: String
  package let mode: Mode

  package init(_ name: String, _ mode: Mode) {
    self.name = name
    self.mode = mode
  }

  /// The result that an experiment monitors.
  ///
  /// - Parameters:
  ///   - text: the name as it is written, such as `f1`.
  ///   - mode: `min` or `max`, if the experiment says so; it must agree with the result's own direction.
  /// - Throws: ``InputError`` at the name or the mode.
  package init(
    _ text: String, at range: SourceRange?, mode: String?, at modeRange: SourceRange?,
    among results: MonitoredResults
  ) throws {
    guard let monitor = results.monitor(named: text) else {
      throw Self.unknown(text, at: range, results)
    }
    if let mode, mode != monitor.mode.rawValue {
      let isHigher = monitor.mode == .max
      throw InputError(
        "'\(text)' is better the \(isHigher ? "higher" : "lower") it is: with mode: \(mode) the worst "
          + "epoch would count as the best", at: modeRange ?? range,
        hint: "leave 'mode' out, or write mode: \(monitor.mode.rawValue)")
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
          ? "what is chosen by the test set can no longer be measured on it"
          : "'\(name.dropFirst(6))' is the same result of the validation examples")
    }
    return InputError(
      "no validation result is called '\(name)'", at: range,
      hint: results.hint(for: name)
        ?? "there are " + results.names.joined(separator: ", ") + "; metrics: adds others")
  }
}

/// The validation results that an experiment has.
package struct MonitoredResults: Sendable {
  private let keys: [MetricKey]
  private let metrics: MetricSet

  package init(_ metrics: MetricSet) {
    self.metrics = metrics
    keys = metrics.keys
  }

  /// Their keys.
  package var names: [String] { keys.map(\.key) }

  /// `did you mean 'x'?` for a name that no result has; `nil` if none is near.
  func hint(for name: String) -> String? { metrics.hint(for: name) }

  /// The result that a user means by `text`, the same as for a sweep's objective; `nil` if there is none.
  package func monitor(named text: String) -> Monitor? {
    metrics.key(named: text).map { Monitor($0.key, $0.higherIsBetter ? .max : .min) }
  }
}
