import ComparisonFixtures
import DataSchema
import ExperimentConfig
import Figures
import Regression
import Report
import RunRecord
import Statistics
import Tasks
import TestSupport
import Testing

@testable import Comparison

/// Two regressions: what changed per target, and on which examples.
struct RegressionDiffTests {
  private let folder: TemporaryFolder
  private let task: RegressionTask

  init() throws {
    folder = try TemporaryFolder()
    let field = DataField("numbers", .numbers([Quantity("slant"), Quantity("width", unit: "px")]))
    task = try #require(RegressionTask(field))
  }

  /// Of 40 examples whose targets are 0, with these outputs of both numbers.
  private func predictions(_ outputs: (Int) -> [Double]) -> Predictions {
    Predictions(
      task.layout(.identity), folds: (0..<40).map { _ in 0 }, indices: Array(100..<140),
      targets: (0..<80).map { Float($0 % 5) }, answers: [],
      outputs: (0..<40).flatMap { row in
        zip(outputs(row), [0, 1]).map { $0 + Double((2 * row + $1) % 5) }
      })
  }

  private func write(
    _ name: String, loss: String = "mse", number: Int = 0, _ outputs: (Int) -> [Double]
  ) throws -> RunDirectory {
    try SyntheticAnswers(
      task: task, loss: loss, lossNumber: number, predictions: ["test": predictions(outputs)]
    ).write(folder.path, name)
  }

  /// B is closer in odd examples by 0.5, further in even ones by 0.25; of the width both err alike but once.
  private func diff(loss: String = "mse", number: Int = 0) throws -> RunDiff {
    let a = try write("a") { _ in [-1, 0.5] }
    let b = try write("b", loss: loss, number: number) { row in
      [row % 2 == 0 ? 1.25 : 0.5, row == 3 ? 8.5 : 0.5]
    }
    return RunDiff(a, b)
  }

  @Test func theErrorsOfEachTargetAreCompared() throws {
    let parts = try #require(try diff().parts)
    #expect(parts.split == "test")
    let rows = parts.changes.rows
    #expect(rows.map(\.name) == ["slant", "width, px"])
    #expect(parts.changes.scores == ["RMSE", "MAE"])
    #expect(!parts.changes.areShares)
    #expect(rows[0].scores[1] == .init(1, 0.875))
    let square = (1.25 * 1.25 + 0.25) / 2
    #expect(abs((rows[0].scores[0].b ?? 0) - square.squareRoot()) < 1e-9)
    #expect(rows.map(\.onlyA) == [20, 1] && rows.map(\.onlyB) == [20, 0])
    // Two targets: the smaller of the two counts twice.
    let tests = [
      SignedRank((0..<40).map { $0 % 2 == 0 ? 0.25 : -0.5 }).pValue, SignedRank([8]).pValue,
    ]
    #expect(rows.map(\.adjusted) == Holm.adjusted(tests))
    #expect(rows[1].json["unit"] == "px")
    #expect(rows[1].json["b"]?["mae"]?.number == 0.7)
    #expect(rows.allSatisfy { $0.differs })
  }

  @Test func theLargestChangesOfErrorComeFirst() throws {
    let changed = try #require(try diff().changedExamples.first)
    #expect(changed.split == "test" && changed.answers.total == 40)
    #expect(changed.examples.count == 40)
    #expect(changed.examples.first?.index == 103)
    #expect(changed.answers.examples[0].note == "A closer")
    // Then the odd ones, whose error fell by 0.5, by index; then the even ones.
    #expect(changed.examples[1...3].map(\.index) == [101, 105, 107])
    #expect(changed.answers.examples[1].note == "B closer")
    #expect(changed.examples.last?.index == 138)
    #expect(changed.answers.counts == ["a_closer": 21, "b_closer": 19])
    #expect(changed.answers.balance == "21 closer in A, 19 in B")
    #expect(changed.answers.examples[0].json["b"] == [1.5, 10.5])
  }

  @Test func equalAnswersHaveNoChanges() throws {
    let a = try write("a") { _ in [1, 1] }
    let b = try write("b") { _ in [1, 1] }
    let diff = RunDiff(a, b)
    #expect(diff.changedExamples.first?.examples.isEmpty == true)
    #expect(diff.parts?.changes.rows.contains { $0.differs } == false)
    #expect(diff.parts?.changes.rows.allSatisfy { $0.adjusted == 1 } == true)
  }

  // MARK: Losses

  @Test func lossesOfOneFunctionAreTested() throws {
    let table = try #require(try diff().scores.first)
    #expect(table["loss"]?.test != nil && table["loss"]?.isBBetter != nil)
    #expect(table.note == nil)
  }

  @Test func lossesOfTwoFunctionsAreNotCompared() throws {
    let diff = try diff(loss: "mae", number: 1)
    let table = try #require(diff.scores.first)
    let loss = try #require(table["loss"])
    #expect(loss.a != nil && loss.b != nil)
    #expect(loss.difference == nil && loss.isBBetter == nil && loss.interval == nil)
    #expect(loss.test == nil && !loss.isSignificant)
    #expect(
      table.note == "the losses are not comparable: A was trained with mse, B with mae")
    // What they were not trained with compares all the same.
    #expect(table["mae"]?.test != nil && table["rmse"]?.difference != nil)
    let comparison = RunComparison([diff.a.run, diff.b.run, diff.a.run])
    #expect(
      comparison.cautions == ["the losses are not comparable: A was trained with mse, B with mae"])
    #expect(comparison.scores.first { $0.key == "loss" }?.best.isEmpty == true)
  }

  @Test func anotherArgumentIsAnotherLoss() throws {
    let a = try write("a", loss: "{huber: {delta: 1}}") { _ in [-1, 0.5] }
    let b = try write("b", loss: "{huber: {delta: 2}}") { _ in [1, 0.25] }
    #expect(
      RunDiff(a, b).scores.first?.note
        == "the losses are not comparable: loss.huber.delta is 1 in A and 2 in B")
  }

  // MARK: Several runs

  @Test func severalRunsHaveTheErrorsOfEachTarget() throws {
    let a = try write("a") { _ in [-1, 0.5] }
    let b = try write("b") { _ in [-2, 0.25] }
    let comparison = RunComparison([a, b])
    let scores = try #require(comparison.partScores)
    #expect(scores.names == ["slant", "width, px"])
    #expect(scores.values == [[1, 0.5], [2, 0.25]])
    #expect(scores.full == 2)
    #expect(comparison.matrices == nil)
    let names = comparison.drawings(["A", "B"]).compactMap { drawing -> String? in
      if case .figure(let figure) = drawing { figure.name } else { nil }
    }
    #expect(names == ["compare_errors_1", "compare_errors_2"])
  }
}
