import Foundation

/// The fixture `name` of Tests/Fixtures/statistics.
func fixture<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
  let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let path = tests.appending(path: "Fixtures/statistics/\(name)")
  return try JSONDecoder().decode(type, from: Data(contentsOf: path))
}

func isClose(_ left: Double, _ right: Double, _ tolerance: Double = 1e-10) -> Bool {
  abs(left - right) <= tolerance * max(abs(left), abs(right))
}
