import DataSchema
import ExperimentConfig
import MultiLabel
import Statistics
import Tasks
import Testing

/// Measures of label sets against scikit-learn; Tests/Fixtures/tasks/make.py made the values.
struct MultiLabelTests {
  struct Case: Decodable {
    let labels: Int
    let targets: [Float]
    let outputs: [Double]
    let expected: [String: Double]
  }

  private func task(_ count: Int) throws -> MultiLabelTask {
    try #require(
      MultiLabelTask(DataField("labels", .labelSet((0..<count).map { "l\($0)" }))))
  }

  private func predictions(
    _ task: MultiLabelTask, _ targets: [Float], _ outputs: [Double]
  ) -> Predictions {
    let layout = task.layout(.sigmoid)
    let count = targets.count / task.labels.count
    return Predictions(
      layout, folds: Array(repeating: 0, count: count), indices: Array(0..<count),
      targets: targets, answers: task.answers(outputs, layout), outputs: outputs)
  }

  private func metrics(_ task: MultiLabelTask) throws -> MetricSet {
    MetricSet(try MultiLabelTask.metrics.map { try $0.init(.none) }, task: task)
  }

  @Test func everyScoreIsScikitLearns() throws {
    let cases = try taskFixture([Case].self, "multi_label.json")
    #expect(cases.count == 40)
    for (number, item) in cases.enumerated() {
      let task = try task(item.labels)
      var found: [String: Double] = [:]
      for value in try metrics(task).values(predictions(task, item.targets, item.outputs)) {
        found[value.key] = value.value
      }
      for (key, value) in item.expected {
        #expect(abs((found[key] ?? .nan) - value) <= 1e-12, "case \(number), \(key)")
      }
    }
  }

  @Test func aLabelIsThereFromOneHalfOn() throws {
    let task = try task(2)
    #expect(task.answers([0, -0.001, 3, -3], task.layout(.sigmoid)) == [1, 0, 1, 0])
    #expect(task.answers([0.5, 0.499], task.layout(.identity)) == [1, 0])
  }

  @Test func aResampleCountsExamplesAsOftenAsTheyWereDrawn() throws {
    let task = try task(2)
    let targets: [Float] = [1, 0, 0, 1, 1, 1, 0, 0]
    let outputs = [2.0, -1, 0.5, 1, -2, 3, 0.1, -0.2]
    let sample = task.sample(predictions(task, targets, outputs))
    sample.repeated([2, 0, 1, 1])
    let drawn = task.sample(
      predictions(
        task, [1, 0, 1, 0] + targets[4...], [2, -1, 2, -1] + outputs[4...]))
    let set = try metrics(task)
    for (left, right) in zip(set.values(of: sample), set.values(of: drawn)) {
      let difference = abs((left.value ?? .nan) - (right.value ?? .nan))
      #expect(left.key == right.key && difference < 1e-12, "\(left.key)")
    }
  }

  @Test func headingsAreRecognised() throws {
    for link in [ScoreLink.sigmoid, .identity] {
      let layout = try task(3).layout(link)
      #expect(MultiLabelTask.layout(ofHeading: layout.columns) == layout)
    }
    #expect(MultiLabelTask.layout(ofHeading: ["split", "fold", "index", "label"]) == nil)
  }

  @Test func labelsThatNothingHasAreNamed() throws {
    let task = try task(2)
    #expect(task.withoutExamples(predictions(task, [1, 0, 1, 0], [1, 1, 1, 1])) == [1])
    #expect(task.withoutExamples(predictions(task, [], [])) == [])
  }

  @Test func aBetterModelIsToldFromAWorseOne() throws {
    let task = try task(3)
    let targets = (0..<300).flatMap { row in (0..<3).map { Float((row >> $0) & 1) } }
    func outputs(_ noise: Double) -> [Double] {
      targets.enumerated().map { place, target in
        Double(target) * 2 - 1 + noise * (Double((place * 37) % 101) / 50 - 1)
      }
    }
    let pairs = PairedPredictions(
      a: predictions(task, targets, outputs(3)), b: predictions(task, targets, outputs(1.2)))
    let tests = Dictionary(uniqueKeysWithValues: task.pairedTests(pairs).map { ($0.key, $0) })
    let primary = try #require(tests["average_precision_macro"])
    #expect(try #require(primary.result).p < 0.01)
    #expect(try #require(primary.interval).lower > 0)
    // The loss of each example is what PyTorch's mean is the mean of.
    let losses = task.exampleLosses(predictions(task, [1, 0, 1], [0, 0, 0]))
    #expect(abs(losses[0][0] - 0.693147180559945) < 1e-12)
  }
}
