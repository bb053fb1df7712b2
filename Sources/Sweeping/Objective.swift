import Diagnostics
import Tasks

/// What of a trial's validation results decides, and in which direction.
package struct Objective: Sendable, Equatable, Codable {
  /// A key of `validation` in `summary.json`.
  package var key: String
  package var higherIsBetter: Bool

  package init(key: String, higherIsBetter: Bool) {
    self.key = key
    self.higherIsBetter = higherIsBetter
  }

  package static let loss = Objective(key: "loss", higherIsBetter: false)

  /// The value so that less is better; NaN is worst.
  package func cost(_ value: Double) -> Double {
    value.isNaN ? .infinity : higherIsBetter ? -value : value
  }

  /// What ``cost(_:)`` was made from; `nil` for a cost that stands for no value.
  package func value(_ cost: Double) -> Double? {
    cost.isFinite ? (higherIsBetter ? -cost : cost) : nil
  }

  /// `lowest validation loss`.
  package var inWords: String {
    "\(higherIsBetter ? "highest" : "lowest") validation \(key.replacing("_", with: " "))"
  }

  /// The key of a line of `metrics.jsonl` that holds it.
  package var epochKey: String { "val_\(key)" }

  /// Reads what a person wrote: `loss`, `f1` (its macro mean), `precision_weighted`,
  /// `min:key`, `max:key`.
  ///
  /// - Parameter metrics: those of the experiment; they know their direction.
  /// - Throws: ``InputError`` that names what there is, or says that the direction is the wrong one.
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
        hint: "what is chosen by a score no longer has that score; choose by validation")
    }
    guard let found = metrics.key(named: name) else {
      let names = metrics.keys.map(\.key)
      throw InputError(
        "no validation result is called '\(name)'", at: range,
        hint: Suggestion.hint(for: name, among: names)
          ?? "there are " + names.joined(separator: ", ") + "; metrics: adds others")
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
