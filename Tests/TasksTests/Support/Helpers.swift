import Classification
import ExperimentConfig
import Foundation
import OrderedCollections
import Tasks
import TestSupport
import Testing

/// The fixture `name` of Tests/Fixtures/metrics.
func fixture<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
  let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let path = tests.appending(path: "Fixtures/metrics/\(name)")
  return try JSONDecoder().decode(type, from: Data(contentsOf: path))
}

/// A metric as an experiment would name it.
func component(_ name: String, _ arguments: [String: Int] = [:]) throws -> ResolvedComponent {
  var values: OrderedDictionary<String, Resolved> = [:]
  for (key, value) in arguments { values[key] = Resolved(.integer(value), .default) }
  return try Resolved(.component(name, values), .default).component()
}

/// Every metric there is.
func everyMetric(k: Int = 5, bins: Int = 15) throws -> MetricSet {
  try MetricSet(
    ClassificationTask.metrics.map { try component($0.schema.name, ["k": k, "bins": bins]) })
}

func isClose(_ left: Double, _ right: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(left - right) <= tolerance
}
