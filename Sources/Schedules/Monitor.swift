import Diagnostics
import ExperimentConfig

/// A number that is watched from epoch to epoch, and which way it gets better.
package struct Monitor: Sendable, Hashable {
  package enum Mode: String, Sendable, Hashable, Codable {
    case min, max
  }

  /// The name of the value, such as `loss` or `accuracy`.
  package let name: String
  package let mode: Mode

  package init(_ name: String, _ mode: Mode) {
    self.name = name
    self.mode = mode
  }

  /// - Parameters:
  ///   - given: `min` or `max`, where the experiment says so.
  ///   - higherIsBetter: the value's own direction; nothing where no metric has such a value, which then
  ///     cannot be watched whatever is given.
  /// - Returns: nothing where there is no such value or mode.
  package init?(_ name: String, given: String?, higherIsBetter: Bool?) {
    guard let higherIsBetter else { return nil }
    if let given {
      guard let mode = Mode(rawValue: given) else { return nil }
      self.init(name, mode)
    } else {
      self.init(name, higherIsBetter ? .max : .min)
    }
  }

  /// What is said of a value that is not there.
  static func unknown(_ name: String, at range: SourceRange?) -> InputError {
    // As Keras and Lightning write it.
    let bare = ["val_", "validation_"].first(where: name.hasPrefix).map { name.dropFirst($0.count) }
    return InputError(
      "there is no value '\(name)' that could be watched", at: range,
      hint: bare.map { "did you mean '\($0)'? It is always that of the validation examples" }
        ?? "known: loss, accuracy and the values of the experiment's metrics")
  }

  /// The fields of a watched value; `mode` is for whoever knows better than the metric.
  static let fields = [
    Field(
      "monitor", .string(.identifier), default: "loss",
      doc: "The value of the validation examples that is watched, such as loss or accuracy."),
    Field(
      "mode", .choice(["min", "max"]), .optional,
      doc: "Whether lower or higher is better; the metric knows it if left out."),
  ]
}
