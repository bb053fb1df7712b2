import DataSchema
import ExperimentConfig
import Foundation
import Regression
import Statistics
import Tasks
import Testing

/// Measures of numbers against scikit-learn; Tests/Fixtures/tasks/make.py made the values.
struct RegressionTests {
  struct Case: Decodable {
    let width: Int
    let targets: [Float]
    let outputs: [Double]
    let expected: [String: Double]

    var task: RegressionTask {
      get throws {
        let names = (0..<width).map { Quantity("t\($0)") }
        return try #require(RegressionTask(DataField("numbers", .numbers(names))))
      }
    }

    func predictions(_ task: RegressionTask) -> Predictions {
      let count = targets.count / width
      return Predictions(
        task.layout(.identity), folds: Array(repeating: 0, count: count),
        indices: Array(0..<count), targets: targets, answers: [], outputs: outputs)
    }
  }

  private func metrics(_ task: RegressionTask) throws -> MetricSet {
    MetricSet(try RegressionTask.metrics.map { try $0.init(.none) }, task: task)
  }

  private func task(_ names: [String] = ["slant"], unit: String? = nil) throws -> RegressionTask {
    try #require(
      RegressionTask(DataField("numbers", .numbers(names.map { Quantity($0, unit: unit) }))))
  }

  private func predictions(
    _ task: RegressionTask, _ targets: [Float], _ outputs: [Double]
  ) -> Predictions {
    let count = targets.count / task.quantities.count
    return Predictions(
      task.layout(.identity), folds: Array(repeating: 0, count: count), indices: Array(0..<count),
      targets: targets, answers: [], outputs: outputs)
  }

  @Test func everyScoreIsScikitLearns() throws {
    let cases = try taskFixture([Case].self, "regression.json")
    #expect(cases.count == 40)
    for (number, item) in cases.enumerated() {
      let task = try item.task
      var found: [String: Double] = [:]
      for value in try metrics(task).values(item.predictions(task)) {
        found[value.key] = value.value
      }
      #expect(Set(found.keys) == Set(item.expected.keys), "case \(number)")
      for (key, value) in item.expected {
        let difference = abs((found[key] ?? .nan) - value)
        #expect(difference <= 1e-12 * max(1, abs(value)), "case \(number), \(key)")
      }
    }
  }

  @Test func whatTheDataDoNotDefineIsLeftOutWithTheReason() throws {
    let task = try task()
    let set = try metrics(task)
    for value in set.values(predictions(task, [], [])) {
      #expect(value.reason == "there are no examples")
    }
    let one = set.values(predictions(task, [1], [2]))
    #expect(one.first { $0.key == "r2" }?.reason == "there is a single example")
    #expect(one.first { $0.key == "rmse" }?.value == 1)
    for value in set.values(predictions(task, [1, 2], [2, .nan])) {
      #expect(value.reason == "an output is not a finite number")
    }
  }

  @Test func aResampleCountsExamplesAsOftenAsTheyWereDrawn() throws {
    let task = try task()
    let sample = task.sample(predictions(task, [0, 0, 0, 0], [1, 2, 3, 10]))
    sample.repeated([2, 0, 2, 0])
    let drawn = task.sample(predictions(task, [0, 0, 0, 0], [1, 1, 3, 3]))
    let set = try metrics(task)
    for (left, right) in zip(set.values(of: sample), set.values(of: drawn)) {
      #expect(left == right)
    }
  }

  @Test func unitsAndDirectionsAreTheTargets() throws {
    let facts = MetricSet([] as [any Metric], task: try task(unit: "degrees")).facts
    #expect(facts["rmse"] == MetricFacts(unit: .target("degrees"), higherIsBetter: false))
    #expect(MetricUnit(text: MetricUnit.target("degrees").text) == .target("degrees"))
    let r2 = try #require(try metrics(task()).facts["r2"])
    #expect(r2.higherIsBetter && r2.range.upperBound == 1 && r2.range.lowerBound == -.infinity)
  }

  @Test func aBetterModelIsToldFromAWorseOne() throws {
    let task = try task()
    let targets = (0..<200).map { Float($0 % 17) }
    let near = targets.enumerated().map { Double($1) + 0.1 * Double($0 % 5 - 2) }
    let far = targets.enumerated().map { Double($1) + 0.3 * Double(($0 * 7) % 11 - 5) }
    let pairs = PairedPredictions(
      a: predictions(task, targets, far), b: predictions(task, targets, near))
    let tests = Dictionary(uniqueKeysWithValues: task.pairedTests(pairs).map { ($0.key, $0) })
    let rmse = try #require(tests["rmse"]?.result)
    #expect(rmse.p < 0.01 && rmse.name == "paired bootstrap")
    #expect(try #require(tests["rmse"]?.interval).upper < 0)
    let mae = try #require(tests["mae"]?.result)
    #expect(mae.p < 0.001 && mae.name == "signed rank, normal")
    // A model beside itself shows nothing.
    let same = PairedPredictions(
      a: predictions(task, targets, far), b: predictions(task, targets, far))
    for test in task.pairedTests(same) { #expect(test.result.map { $0.p == 1 } ?? true) }
  }

  @Test func theBaselineIsTheMean() throws {
    let task = try task()
    #expect(task.baseline(Targets([1, 3])) == ["rmse": 1])
    #expect(task.strata(Targets([1, 3])) == nil)
  }

  @Test func headingsAreRecognised() throws {
    let layout = try task(["a", "b"]).layout(.identity)
    #expect(layout.columns == ["split", "fold", "index", "a", "b", "a_predicted", "b_predicted"])
    #expect(RegressionTask.layout(ofHeading: layout.columns) == layout)
    #expect(RegressionTask.layout(ofHeading: ["split", "fold", "index", "a", "b"]) == nil)
  }
}

/// The fixture `name` of Tests/Fixtures/tasks.
func taskFixture<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
  let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let path = tests.appending(path: "Fixtures/tasks/\(name)")
  return try JSONDecoder().decode(type, from: Data(contentsOf: path))
}

struct SignedRankTests {
  struct Case: Decodable {
    let differences: [Double]
    let p: Double
    let exact: Bool
  }

  @Test func everyProbabilityIsSciPys() throws {
    let cases = try taskFixture([Case].self, "signed_rank.json")
    #expect(cases.count == 40 && cases.contains(where: \.exact))
    for (number, item) in cases.enumerated() {
      let test = SignedRank(item.differences)
      #expect(abs(test.pValue - item.p) < 1e-12, "case \(number)")
      #expect((test.method == .exact) == item.exact, "case \(number)")
    }
  }

  @Test func nothingButZerosShowsNothing() {
    #expect(SignedRank([0, 0, 0]).pValue == 1)
    #expect(SignedRank([]).pValue == 1)
  }
}
