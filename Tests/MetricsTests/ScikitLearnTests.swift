import ExperimentConfig
import Foundation
import Metrics
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

    var matrix: ConfusionMatrix {
      ConfusionMatrix(labels: labels, predictions: predictions, classes: classes)
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
    let matrix = item.matrix
    var expected = ["accuracy": item.accuracy]
    for (name, values) in [
      ("precision", item.precision), ("recall", item.recall), ("f1", item.f1),
    ] {
      for average in ["macro", "weighted"] { expected["\(name)_\(average)"] = values[average] }
      // With one label an example, all three micro averages are the accuracy.
      let micro = try #require(values["micro"])
      #expect(abs(micro - item.accuracy) <= Self.tolerance)
    }
    let values = MetricRegistry.values(
      ["accuracy", "precision", "recall", "f1", "confusion_matrix"], matrix)
    #expect(Set(values.map(\.key)) == Set(expected.keys))
    #expect(values.count == expected.count)
    for (key, value) in values {
      let other = try #require(expected[key])
      #expect(abs(value - other) <= Self.tolerance, "\(key)")
    }
  }

  @Test(arguments: cases)
  func countsAgree(_ item: Case) {
    let matrix = item.matrix
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
    let matrix = item.matrix
    for (name, scores) in [
      ("precision", item.perClass.precision), ("recall", item.perClass.recall),
      ("f1", item.perClass.f1),
    ] {
      let own = try #require(MetricRegistry.perClass(name, matrix))
      #expect(own.count == scores.count)
      for (left, right) in zip(own, scores) { #expect(abs(left - right) <= Self.tolerance) }
    }
    #expect(MetricRegistry.perClass("accuracy", matrix) == nil)
  }
}
