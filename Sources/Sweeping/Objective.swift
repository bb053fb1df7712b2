import Diagnostics
import ExperimentConfig
import Metrics

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

  /// The key of a line of `metrics.jsonl` that holds it, where epochs have it.
  package var epochKey: String { "val_\(key)" }

  /// Whether every epoch says it.
  package var isInEpochs: Bool { key == "loss" || key == "accuracy" }

  /// Reads what a person wrote: `loss`, `accuracy`, `f1` (its macro mean), `precision_weighted`,
  /// `min:key`, `max:key`.
  ///
  /// - Parameter metrics: those of the experiment; they know their direction.
  /// - Throws: ``InputError`` that names what there is.
  package init(
    _ text: String, metrics: [ResolvedComponent], classes: Int, at range: SourceRange? = nil
  ) throws {
    var name = text
    var direction: Bool?
    for (prefix, isMaximum) in [("min:", false), ("max:", true)] where text.hasPrefix(prefix) {
      name = String(text.dropFirst(4))
      direction = isMaximum
    }
    for prefix in ["val_", "validation."] where name.hasPrefix(prefix) {
      name = String(name.dropFirst(prefix.count))
    }
    if name.hasPrefix("test") {
      throw InputError(
        "a sweep cannot choose by the test set", at: range,
        hint: "what is chosen by a score no longer has that score; choose by validation")
    }
    let known = try Self.known(metrics, classes: classes)
    let found =
      known.first { $0.key == name } ?? known.first { $0.key == name + "_macro" }
      ?? known.first { $0.metric == name }
    guard let found else {
      let names = known.map(\.key)
      throw InputError(
        "no validation result is called '\(name)'", at: range,
        hint: Suggestion.hint(for: name, among: names)
          ?? "there are " + names.joined(separator: ", ") + "; metrics: adds others")
    }
    self.init(key: found.key, higherIsBetter: direction ?? found.higherIsBetter)
  }

  private typealias Known = (key: String, metric: String, higherIsBetter: Bool)

  /// Every key that a summary will have: the metrics are asked with one perfect answer a class.
  private static func known(_ metrics: [ResolvedComponent], classes: Int) throws -> [Known] {
    let labels = Array(0..<classes) + Array(0..<classes)
    var sample = PooledPredictions(classes: classes)
    sample.append(
      PooledPredictions(
        labels: labels, predictions: labels,
        probabilities: labels.flatMap { label in
          (0..<classes).map { $0 == label ? Float(1) : 0 }
        }, classes: classes))
    var known: [Known] = [("loss", "loss", false), ("accuracy", "accuracy", true)]
    for metric in try MetricSet(metrics).metrics {
      guard let higherIsBetter = type(of: metric).higherIsBetter else { continue }
      for value in MetricSet([metric]).values(sample)
      where !known.contains(where: { $0.key == value.key }) {
        known.append((value.key, type(of: metric).schema.name, higherIsBetter))
      }
    }
    return known
  }
}
