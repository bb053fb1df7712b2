import Classification
import DataSchema
import Regression
import Segmentation
import Statistics
import Tasks
import Testing

/// Scores of single classes and numbers with their intervals, and how targets are distributed.
@Suite struct PartIntervalTests {
  private func classes() throws -> (task: ClassificationTask, predictions: Predictions) {
    let task = try #require(
      ClassificationTask(DataField("label", .category(["a", "b", "c", "never"]))))
    let labels = (0..<60).map { $0 % 3 }
    let answers = labels.enumerated().map { $0 % 7 == 0 ? ($1 + 1) % 3 : $1 }
    return (
      task,
      Predictions(
        task.layout(.identity), folds: labels.map { _ in 0 }, indices: Array(labels.indices),
        targets: labels.map { Float($0) }, answers: answers,
        outputs: answers.flatMap { answer in (0..<4).map { $0 == answer ? 1 : 0 } })
    )
  }

  @Test func intervalsAreThoseOfResampledExamples() throws {
    let (task, predictions) = try classes()
    let recall = try #require(task.scoredParts(predictions).first { $0.label == "recall" })
    for label in 0..<3 {
      func value(_ rows: [Int]) -> Double? {
        let own = rows.filter { predictions.targets[$0] == Float(label) }
        guard !own.isEmpty else { return nil }
        return Double(own.count { predictions.answers[$0] == label }) / Double(own.count)
      }
      #expect(recall.values[label] == value(Array(0..<60)))
      let expected = try #require(Bootstrap.interval(count: 60, within: 0...1, value))
      let found = try #require(recall.intervals[label])
      #expect(abs(found.lower - expected.lower) < 1e-12)
      #expect(abs(found.upper - expected.upper) < 1e-12)
      #expect(found.method.count == 60)
    }
    #expect(recall.intervals[3] == nil)
  }

  @Test func repeatedExamplesHaveNoIntervals() throws {
    var (task, predictions) = try classes()
    predictions.append(predictions)
    let scored = task.scoredParts(predictions)
    #expect(scored.count == 3 && scored.allSatisfy { $0.values[0] != nil })
    #expect(scored.flatMap(\.intervals).allSatisfy { $0 == nil })
    task = try #require(ClassificationTask(DataField("label", .category(["a"]))))
    #expect(task.partNames == ["a"])
  }

  @Test func calibrationComparesConfidenceWithAccuracy() throws {
    let (task, predictions) = try classes()
    let blocks = task.calibration(predictions, split: "test")
    guard case .text(let text)? = blocks.first, case .table(let table)? = blocks.last else {
      Issue.record("no calibration")
      return
    }
    // Certain of everything, and right in 51 of 60.
    #expect(
      text.contains("the mean confidence is 100.00%, and 85.00% of the predictions are right"))
    #expect(text.contains("is 15.00%."))
    #expect(table.rows == [["93.3 to 100.0%", "60", "100.0%", "85.0%"]])
  }

  @Test func balanceOfTwoSetsIsThatOfTheirUnion() throws {
    let task = try #require(RegressionTask(DataField("y", .numbers([Quantity("y")]))))
    let targets = Targets([3, 1, 4, 1, 5, 9, 2, 6])
    let whole = task.balance(targets, Array(0..<8))
    let merged = task.balance(targets, [0, 2, 7]).merged(
      with: task.balance(targets, [1, 3, 4, 5, 6]))
    let (a, b) = (try #require(whole.numbers[0]), try #require(merged.numbers[0]))
    #expect(a.count == 8 && b.count == 8)
    #expect(a.minimum == 1 && a.maximum == 9 && b.minimum == 1 && b.maximum == 9)
    #expect(abs(a.mean - 3.875) < 1e-12 && abs(a.mean - b.mean) < 1e-12)
    let (one, two) = (try #require(a.standardDeviation), try #require(b.standardDeviation))
    #expect(abs(one - 2.748376143938713) < 1e-12 && abs(one - two) < 1e-12)
    let single = try #require(task.balance(targets, [0]).numbers[0])
    #expect(single.standardDeviation == nil)
    #expect(task.balance(Targets([.nan]), [0]).numbers == [nil])
  }

  @Test func pixelsAndImagesAreCounted() throws {
    let task = try #require(
      SegmentationTask(DataField("mask", .mask(["road", "sky"], ignore: 255))))
    // Pixels of road and sky, and pixels without a class.
    let balance = task.balance(Targets([10, 0, 2, 5, 7, 0, 0, 3, 9], width: 3), [0, 1])
    #expect(balance.counts == [.init("pixels", [15, 7]), .init("images", [2, 1])])
  }
}
