import Diagnostics
import Schedules

/// Which epochs had a value of a monitored result.
package struct MonitoredHistory: Codable, Sendable, Equatable {
  /// Epochs with a finite value.
  package var defined = 0
  /// Epochs in which a metric had no value. They are skipped.
  package var undefined = 0
  /// Epochs whose value was not a finite number. They count as no improvement.
  package var notFinite = 0
  /// Why the last value that is missing is missing.
  package var reason: String?
  /// Of the last epoch, if it had one.
  package var last: Double?

  package init() {}

  /// - Parameters:
  ///   - value: of the next epoch; `nil` if it is undefined.
  ///   - why: there is no value.
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

  /// Epochs without a value to decide by, if there has been no other.
  var missing: Int { defined == 0 ? undefined + notFinite : 0 }
}

/// Nothing can be decided by a result that was never defined.
///
/// The rule: an epoch whose monitored result is undefined is skipped, which is neither an improvement nor
/// one of the epochs that `patience` counts. If it was undefined, or not finite, in every epoch so far, the
/// training fails as soon as `patience` epochs have passed, and at the end of the training at the latest.
struct UndefinedMonitor {
  let name: String
  let history: MonitoredHistory
  let examples: String
  let epochs: Int

  /// - Parameters:
  ///   - user: what goes by the result, such as `early stopping`.
  ///   - range: where the experiment names it.
  func error(_ user: String, at range: SourceRange?) -> InputError {
    let reason = history.reason.map { " (\($0))" } ?? ""
    let times = epochs == 1 ? "in the first epoch" : "in each of the first \(epochs) epochs"
    return InputError(
      "\(user) has nothing to go by: '\(name)' of the \(examples) was "
        + "\(history.undefined > 0 ? "undefined" : "not a finite number") \(times)\(reason)",
      at: range,
      hint: history.undefined > 0
        ? "monitor: loss is always defined"
        : "the training has diverged; a smaller learning rate usually helps")
  }

  /// What a person should know about skipped epochs; the same text in whichever epoch it happens.
  func warning(_ users: [String]) -> String {
    let reason = history.reason.map { " (\($0))" } ?? ""
    return "'\(name)' of the \(examples) is undefined in some epochs\(reason): "
      + "\(users.joined(separator: " and ")) \(users.count == 1 ? "skips" : "skip") them"
  }
}
