import ComparisonFixtures
import DataSchema
import ExperimentConfig
import MultiLabel
import RunRecord
import Statistics
import Tasks
import TestSupport
import Testing

@testable import Comparison

/// Two models of label sets: what changed per label, and on which examples.
struct LabelDiffTests {
  private let folder: TemporaryFolder
  private let task: MultiLabelTask

  init() throws {
    folder = try TemporaryFolder()
    task = try #require(MultiLabelTask(DataField("labels", .labelSet(["cat", "dog", "owl"]))))
  }

  private let targets: [[Float]] = [[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]]

  private func write(_ name: String, _ answers: [[Int]]) throws -> RunDirectory {
    let predictions = Predictions(
      task.layout(.sigmoid), folds: [0, 0, 0, 0], indices: [4, 5, 6, 7],
      targets: targets.flatMap(\.self), answers: answers.flatMap(\.self),
      outputs: answers.flatMap(\.self).enumerated().map {
        ($1 == 1 ? 1 : -1) * (1 + Double($0) / 16)
      })
    return try SyntheticAnswers(
      task: task, loss: "bce_with_logits", predictions: ["test": predictions]
    ).write(folder.path, name)
  }

  private func diff() throws -> RunDiff {
    let a = try write("a", [[1, 0, 0], [0, 0, 0], [1, 0, 1], [0, 0, 1]])
    let b = try write("b", [[0, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]])
    return RunDiff(a, b)
  }

  @Test func theScoresOfEachLabelAreCompared() throws {
    let parts = try #require(try diff().parts)
    let rows = parts.changes.rows
    #expect(rows.map(\.name) == ["cat", "dog", "owl"])
    #expect(parts.changes.scores == ["AP", "F1"])
    #expect(rows.map { $0.scores[1] } == [.init(1, 0), .init(0, 1), .init(0, 0)])
    #expect(rows.map(\.onlyA) == [2, 0, 0] && rows.map(\.onlyB) == [0, 2, 1])
    let tests = [(2, 0), (0, 2), (0, 1)].map { McNemar(onlyFirst: $0, onlySecond: $1).pValue }
    #expect(rows.map(\.adjusted) == Holm.adjusted(tests))
    // No example is an owl.
    #expect(rows[2].scores[0] == .init(nil, nil) && rows[2].json["support"] == 0)
    #expect(rows[2].differs)
  }

  @Test func theMostChangedExamplesComeFirst() throws {
    let changed = try #require(try diff().changedExamples.first)
    #expect(changed.examples.map(\.index) == [6, 5, 4])
    let first = changed.answers.examples[0]
    #expect(first.target == "cat dog" && first.a == "cat owl" && first.b == "dog")
    #expect(first.note == "only A right on cat, only B right on dog owl")
    #expect(first.json["only_b_right"] == ["dog", "owl"])
    #expect(changed.answers.examples[2].b == "none")
    #expect(changed.answers.counts == ["more_right_a": 1, "more_right_b": 2])
    #expect(
      changed.answers.balance == "A has more labels right in 1, B in 2, the same number in 0")
  }

  @Test func severalRunsHaveTheScoresOfEachLabel() throws {
    let diff = try diff()
    let scores = try #require(RunComparison([diff.a.run, diff.b.run]).partScores)
    #expect(scores.names == ["cat", "dog", "owl"] && scores.areShares)
    #expect(scores.values[0]?[0] == 1)
    #expect(scores.values.allSatisfy { $0?[2] == .some(nil) })
  }

  /// A run of another task has nothing in common with it.
  @Test func anotherTaskIsNotCompared() throws {
    let a = try diff().a.run
    let b = try SyntheticRun().write(folder.path, "classes")
    let diff = RunDiff(a, b)
    #expect(diff.parts == nil && diff.changedExamples.isEmpty)
    #expect(diff.verdict.outcome == .notComparable)
    #expect(RunComparison([a, b]).partScores?.values[1] == nil)
  }
}
