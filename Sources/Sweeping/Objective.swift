import Diagnostics
import Tasks

/// The validation result by which trials are compared, and its direction.
package struct Objective: Sendable, Equatable, Codable, CustomStringConvertible {
  /// A key of `validation` in `summary.json`.
  package var key: String
  package var higherIsBetter: Bool

  package init(key: String, higherIsBetter: Bool) {
    self.key = key
    self.higherIsBetter = higherIsBetter
  }

  package static let loss = Objective(key: "loss", higherIsBetter: false)

  /// The value with its sign changed so that lower is better; NaN is worst.
  package func cost(_ value: Double) -> Double {
    value.isNaN ? .infinity : higherIsBetter ? -value : value
  }

  /// The value that ``cost(_:)`` was computed from; `nil` if the cost does not stand for a value.
  package func value(_ cost: Double) -> Double? {
    cost.isFinite ? (higherIsBetter ? -cost : cost) : nil
  }

  /// For example `lowest validation loss`.
  package var description: String {
    "\(higherIsBetter ? "highest" : "lowest") validation \(key.replacing("_", with: " "))"
  }

  /// Its key in the lines of `metrics.jsonl`.
  package var epochKey: String { "val_\(key)" }

  /// Parses user input: `loss`, `f1` (its macro average), `precision_weighted`, `min:key`,
  /// `max:key`.
  ///
  /// - Parameter metrics: the experiment's metrics, which know their direction.
  /// - Throws: ``InputError`` that lists the known results, or says that the direction is wrong.
  package init(
    _ text: String, metrics: MetricSet, at range: SourceRange? = nil
  ) throws {
    var name = text
    var direction: Bool?
    for (prefix, isMaximum) in [("min:", false), ("max:", true)] where text.hasPrefix(prefix) {
      name = String(text.dropFirst(4))
      direction = isMaximum
    }
    if name.hasPrefix("test") {
      throw InputError(
        "a sweep cannot choose by the test set", at: range,
        hint:
          "a test set that is used to choose no longer gives an unbiased score; choose by "
          + "validation"
      )
    }
    guard let found = metrics.key(named: name) else {
      let names = metrics.keys.map(\.key)
      throw InputError(
        "there is no validation result '\(name)'", at: range,
        hint: metrics.hint(for: name)
          ?? "available: " + names.joined(separator: ", ") + "; add others to 'metrics'")
    }
    if let direction, direction != found.higherIsBetter {
      let right = found.higherIsBetter ? "max" : "min"
      throw InputError(
        "'\(text)' would choose the worst trial: \(found.key) is better when it is "
          + (found.higherIsBetter ? "higher" : "lower"), at: range,
        hint: "\(right):\(name), or just \(name)")
    }
    self.init(key: found.key, higherIsBetter: found.higherIsBetter)
  }
}
