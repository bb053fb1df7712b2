import Classification
import ExperimentConfig
import Foundation
import Tasks
import TestSupport
import Testing

/// Every metric against scikit-learn; Tests/Fixtures/metrics/make.py made the values.
struct ScikitLearnTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    struct PerClass: Decodable, Sendable {
      let precision, recall, f1: [Double]
      let support: [Int]
    }

    let name: String
    let classes: Int
    let labels, predictions: [Int]
    let accuracy: Double
    let precision, recall, f1: [String: Double]
    let perClass: PerClass
    let confusionMatrix: [[Int]]

    var testDescription: String { name }

    /// Certain of what they say: these cases are about classes alone.
    var pooled: PooledPredictions {
      PooledPredictions(
        labels: labels, predictions: predictions,
        probabilities: predictions.flatMap { prediction in
          (0..<classes).map { $0 == prediction ? 1 : 0 }
        }, classes: classes)
    }
  }

  static let cases = (try? load()) ?? []

  private static func load() throws -> [Case] {
    struct File: Decodable { let cases: [Case] }
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let path = tests.appending(path: "Fixtures/metrics/metrics.json")
    return try decoder.decode(File.self, from: Data(contentsOf: path)).cases
  }

  private static let tolerance = 1e-12

  @Test func thereAreSixtyCases() throws { #expect(try Self.load().count == 60) }

  @Test(arguments: cases)
  func agrees(_ item: Case) throws {
    var expected = ["accuracy": item.accuracy]
    for (name, values) in [
      ("precision", item.precision), ("recall", item.recall), ("f1", item.f1),
    ] {
      for (average, value) in values { expected["\(name)_\(average)"] = value }
      // With one label an example, all three micro averages are the accuracy.
      let micro = try #require(values["micro"])
      #expect(abs(micro - item.accuracy) <= Self.tolerance)
    }
    let values = try Self.metrics.values(item.pooled)
    #expect(Set(values.map(\.key)) == Set(expected.keys))
    #expect(values.count == expected.count)
    for value in values {
      let own = try #require(value.value)
      let other = try #require(expected[value.key])
      #expect(abs(own - other) <= Self.tolerance, "\(value.key)")
    }
  }

  @Test(arguments: cases)
  func countsAgree(_ item: Case) {
    let matrix = item.pooled.confusionMatrix
    let all = 0..<item.classes
    #expect(all.map { row in all.map { matrix[row, $0] } } == item.confusionMatrix)
    #expect(all.map(matrix.support) == item.perClass.support)
    #expect(
      all.map(matrix.predicted)
        == all.map { column in item.confusionMatrix.reduce(0) { $0 + $1[column] } })
    #expect(matrix.total == item.labels.count)
    #expect(matrix.correct == zip(item.labels, item.predictions).count { $0 == $1 })
  }

  @Test(arguments: cases)
  func classesAgree(_ item: Case) throws {
    let scores = try Self.metrics.perClass(item.pooled)
    let expected = [item.perClass.precision, item.perClass.recall, item.perClass.f1]
    #expect(scores.map(\.name) == ["precision", "recall", "f1"])
    for ((name, own), other) in zip(scores, expected) {
      #expect(own.count == other.count)
      for (label, (left, right)) in zip(own, other).enumerated() {
        let occurs = item.labels.contains(label) || item.predictions.contains(label)
        #expect((left != nil) == occurs, "\(name)")
        if let left { #expect(abs(left - right) <= Self.tolerance, "\(name)") }
      }
    }
  }

  private static var metrics: MetricSet {
    get throws {
      try MetricSet(
        ["accuracy", "precision", "recall", "f1", "confusion_matrix"].map { try component($0) })
    }
  }
}
