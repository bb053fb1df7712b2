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
  ///   - higherIsBetter: the metric's own direction, where it has one.
  /// - Returns: nothing where neither is known.
  package init?(_ name: String, given: String?, higherIsBetter: Bool?) {
    if let given {
      guard let mode = Mode(rawValue: given) else { return nil }
      self.init(name, mode)
    } else if let higherIsBetter {
      self.init(name, higherIsBetter ? .max : .min)
    } else {
      return nil
    }
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
