import ComparisonFixtures
import Statistics
import Testing

@testable import Comparison

@Suite struct FoldTests {
  private static let differences = [0.012, 0.008, 0.015, 0.003, 0.010]

  private func pair(_ change: (inout SyntheticRun) -> Void = { _ in }) throws -> RunDiff {
    var a = SyntheticRun()
    a.foldScores = [0.9, 0.91, 0.9, 0.92, 0.9]
    var b = a
    b.foldScores = zip(a.foldScores, Self.differences).map { $0 + $1 }
    b.dropout = "0.1"
    b.luck = 2
    change(&b)
    return try Pair(a, b).diff
  }

  @Test func matchingFoldsAreTestedWithTheCorrectedT() throws {
    let diff = try pair()
    let table = try #require(diff.scores.first { $0.split == "validation" })
    let row = try #require(table["accuracy"])
    // SciPy: t = 3.1763, p = 0.03366 for these differences of five folds.
    #expect(abs((row.test?.p ?? 0) - 0.03366) < 1e-5)
    #expect(row.test?.detail == "t = 3.176, 4 degrees")
    #expect(table.basis == "the same 5 folds")
    // Three tests of one number: the smallest counts three times.
    #expect(abs((row.test?.adjusted ?? 0) - 3 * (row.test?.p ?? 0)) < 1e-12)
    #expect(row.deviationA != nil)
    let interval = try #require(row.interval)
    #expect(interval.lower > 0)
    #expect(diff.verdict.outcome == .indistinguishable)
    #expect(diff.verdict.reason.contains("Holm-corrected"))
  }

  @Test func aClearDifferenceInAllFoldsDecides() throws {
    let diff = try pair { $0.foldScores = [0.95, 0.961, 0.951, 0.972, 0.952] }
    #expect(diff.verdict.outcome == .bBetter)
    #expect(diff.verdict.heading == "B is better by validation")
    #expect(
      diff.verdict.caution
        == "The test set cannot confirm it: several models predicted each test example")
  }

  @Test func otherFoldsAreNotTested() throws {
    let diff = try pair { $0.foldShift = 1 }
    let table = try #require(diff.scores.first { $0.split == "validation" })
    #expect(table.rows.allSatisfy { $0.test == nil })
    #expect(table.reason?.hasPrefix("the folds do not match: ") == true)
    #expect(table.reason?.hasSuffix("are in a different fold") == true)
    #expect(diff.verdict.outcome == .notComparable)
    #expect(diff.verdict.reason.contains("the folds do not match"))
    #expect((diff.moves?.otherFold.count ?? 0) > 0)
  }

  @Test func anotherNumberOfFoldsIsNotTested() throws {
    let diff = try pair { $0.foldScores = [0.9, 0.9, 0.9, 0.9] }
    #expect(diff.scores.first?.reason == "the folds do not match: A has 5, B has 4")
    #expect(diff.configuration.map(\.path).contains("data.split.folds"))
  }

  @Test func foldsAndASingleTrainingAreNotTested() throws {
    let diff = try pair { $0.foldScores = [] }
    #expect(diff.scores.first?.reason == "A was trained in folds, B was not")
    #expect(diff.verdict.outcome == .notComparable)
    #expect(
      diff.weights.notes == [
        "A has the weights of 5 folds, B has no recorded parts. They are not compared."
      ])
    #expect(!diff.weights.isCompared)
  }

  @Test func theTestSetOfSeveralModelsIsNotTested() throws {
    let diff = try pair()
    let table = try #require(diff.scores.first { $0.split == "test" })
    #expect(table.reason == "several models predicted each test example")
  }

  @Test func theWeightsOfEachFoldAreCompared() throws {
    let diff = try pair { $0.weightScale = 2 }
    #expect(diff.weights.changes.count == 10)
    #expect(diff.weights.changes.first?.name == "fold-1/1.weight")
    #expect(diff.weights.changes.last?.name == "fold-5/1.bias")
  }

  @Test func foldsAgainstThemselvesAreIdentical() throws {
    var run = SyntheticRun()
    run.foldScores = [0.9, 0.8, 0.85]
    #expect(try Pair(run, run).diff.verdict.outcome == .identical)
  }

  @Test func lossesOfTwoFunctionsAreNotTestedOverFolds() throws {
    let diff = try pair { $0.loss = "{cross_entropy: {label_smoothing: 0.1}}" }
    let table = try #require(diff.scores.first { $0.split == "validation" })
    let loss = try #require(table["loss"])
    #expect(loss.test == nil && loss.interval == nil && loss.isBBetter == nil)
    // One test less to correct for.
    let test = try #require(table["accuracy"]?.test)
    #expect(abs(test.adjusted - 2 * test.p) < 1e-12)
    #expect(table.note?.hasPrefix("the losses are not comparable: ") == true)
  }
}
