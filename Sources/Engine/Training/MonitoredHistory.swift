import Diagnostics
import Schedules

/// How often a monitored result had a value.
package struct MonitoredHistory: Codable, Sendable, Equatable {
  /// Epochs with a finite value.
  package var defined = 0
  /// Epochs in which the metric was undefined. They are skipped.
  package var undefined = 0
  /// Epochs whose value was not finite. They count as epochs without improvement.
  package var notFinite = 0
  /// Why the most recent missing value was missing.
  package var reason: String?
  /// The value of the last epoch, or `nil` if it had none.
  package var last: Double?

  package init() {}

  /// - Parameters:
  ///   - value: the value of the next epoch; `nil` if undefined.
  ///   - why: the reason why there is no value.
  mutating func add(_ value: Double?, _ why: String?) {
    last = value
    guard let value else {
      undefined += 1
      reason = why
      return
    }
    if value.isFinite {
      defined += 1
    } else {
      notFinite += 1
      reason = "it was \(value.isNaN ? "nan" : "\(value)")"
    }
  }

  /// The number of epochs without a usable value if no epoch had one; otherwise 0.
  var missing: Int { defined == 0 ? undefined + notFinite : 0 }
}

/// Explains that a monitored result was undefined, as an error or a warning.
///
/// An epoch whose monitored result is undefined is skipped: it is not an improvement, and `patience` does not
/// count it. If the result was undefined or not finite in every epoch so far, training fails once `patience`
/// epochs have passed, and at the end of training at the latest.
struct UndefinedMonitor {
  let name: String
  let history: MonitoredHistory
  let examples: String
  let epochs: Int

  /// - Parameters:
  ///   - user: what depends on the result, such as `early stopping`.
  ///   - range: where the experiment names it.
  func error(_ user: String, at range: SourceRange?) -> InputError {
    let reason = history.reason.map { " (\($0))" } ?? ""
    let times = epochs == 1 ? "in the first epoch" : "in each of the first \(epochs) epochs"
    return InputError(
      "\(user) has nothing to monitor: '\(name)' of the \(examples) was "
        + "\(history.undefined > 0 ? "undefined" : "not a finite number") \(times)\(reason)",
      at: range,
      hint: history.undefined > 0
        ? "monitor: loss is always defined"
        : "the training has diverged; a smaller learning rate usually helps")
  }

  /// The warning about skipped epochs; its text does not depend on the epoch.
  func warning(_ users: [String]) -> String {
    let reason = history.reason.map { " (\($0))" } ?? ""
    return "'\(name)' of the \(examples) is undefined in some epochs\(reason): "
      + "\(users.joined(separator: " and ")) \(users.count == 1 ? "skips" : "skip") them"
  }
}
