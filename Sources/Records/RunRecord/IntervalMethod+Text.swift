import ExperimentConfig
import Statistics

extension IntervalMethod {
  /// For example `95%`.
  package var confidenceText: String {
    let percent = confidence * 100
    return NumberText.short((percent * 1000).rounded() / 1000) + "%"
  }

  /// For example `bootstrap over 10,000 examples (1,000 resamples)`, without the confidence level.
  package var basisText: String {
    let unit = count == 1 ? String(unit.rawValue.dropLast()) : unit.rawValue
    let text = "\(name.rawValue) over \(NumberText.grouped(count)) \(unit)"
    return resamples.map { "\(text) (\(NumberText.grouped($0)) resamples)" } ?? text
  }

  /// For example `95% interval: bootstrap over 10,000 examples (1,000 resamples)`.
  package var description: String { "\(confidenceText) interval: \(basisText)" }
}

extension Interval {
  /// For example `0.9612 to 0.9688`.
  package var text: String {
    "\(NumberText.fixed(lower, 4)) to \(NumberText.fixed(upper, 4))"
  }
}

extension JSONValue {
  /// The method as `summary.json` describes it.
  package init(_ method: IntervalMethod) {
    var object: [String: JSONValue] = [
      "method": .string(method.name.rawValue), "confidence": .number(method.confidence),
      "over": .string(method.unit.rawValue), "count": .integer(method.count),
    ]
    if let resamples = method.resamples { object["resamples"] = .integer(resamples) }
    self = .object(object)
  }
}
