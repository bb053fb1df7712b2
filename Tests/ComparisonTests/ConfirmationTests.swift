import ComparisonFixtures
import RunRecord
import TestSupport
import Testing

@testable import Comparison

/// A verdict from validation says what the test set says.
@Suite struct ConfirmationTests {
  /// Two runs of five folds, B better in each; the test set is answered by the models together.
  private func folds(_ change: (inout SyntheticRun) -> Void = { _ in }) throws -> RunDiff {
    var a = SyntheticRun()
    a.foldScores = [0.9, 0.91, 0.9, 0.92, 0.9]
    a.hasEnsemble = true
    var b = a
    b.foldScores = [0.95, 0.961, 0.951, 0.972, 0.952]
    b.dropout = "0.1"
    change(&b)
    return try Pair(a, b).diff
  }

  @Test func aTestSetThatShowsNothingIsSaid() throws {
    let diff = try folds { $0.luck = 2 }
    #expect(diff.verdict.outcome == .notConfirmed)
    #expect(diff.verdict.heading == "Not confirmed")
    let reason = diff.verdict.reason
    #expect(reason.hasPrefix("B is better by validation, but the test set does not confirm it"))
    #expect(reason.contains("validation accuracy 0.9060 → 0.9572"), "\(reason)")
    // Both probabilities.
    #expect(reason.split(separator: "p = ").count + reason.split(separator: "p < ").count >= 4)
    #expect(!diff.verdict.sentences.joined().contains("is better:"))
    #expect(diff.scores.last?.basis.hasSuffix("each predicted by an ensemble of 5 models") == true)
  }

  @Test func aTestSetThatConfirmsIsSaid() throws {
    let diff = try folds {
      $0.luck = 2
      $0.testSkill = 0.99
    }
    #expect(diff.verdict.outcome == .bBetter)
    #expect(diff.verdict.heading == "B is better by validation")
    #expect(diff.verdict.caution.hasPrefix("The test set confirms it (accuracy "))
  }

  @Test func aTestSetThatSaysTheOppositeIsSaid() throws {
    let diff = try folds {
      $0.luck = 2
      $0.testSkill = 0.7
    }
    #expect(diff.verdict.outcome == .notConfirmed)
    #expect(diff.verdict.reason.contains("the test set contradicts it"))
  }

  /// One training each, with other test examples: validation decides, and says that it is alone.
  @Test func otherTestExamplesCannotConfirm() throws {
    let diff = try Pair.diff {
      $0.skill = 0.5
      $0.luck = 2
      $0.test = 300
      $0.dropout = "0.9"
    }
    #expect(diff.verdict.outcome == .aBetter)
    #expect(diff.verdict.heading == "A is better by validation")
    #expect(
      diff.verdict.caution
        == "The test set cannot confirm it: the test examples are not the same: 300 of 400 and "
        + "300 are in both")
    #expect(diff.scores.last?["accuracy"]?.difference == nil)
    #expect(diff.scores.first?["accuracy"]?.difference != nil)
  }

  /// One training each: the test set decides, and what validation says against it is not kept back.
  @Test func validationThatSaysTheOppositeIsSaid() throws {
    let diff = try Pair.diff {
      $0.skill = 0.5
      $0.luck = 2
      $0.testSkill = 0.99
      $0.dropout = "0.9"
    }
    #expect(diff.verdict.outcome == .bBetter)
    #expect(diff.verdict.heading == "B is better")
    #expect(diff.verdict.caution.hasPrefix("However, validation accuracy is better in A (−0."))
    #expect(diff.verdict.caution.hasSuffix("folds or more seeds would compare their recipes"))
  }

  @Test func noDifferenceByValidationNamesTheTestSetToo() throws {
    let diff = try folds {
      $0.foldScores = [0.9, 0.911, 0.9, 0.919, 0.901]
      $0.luck = 2
    }
    #expect(diff.verdict.outcome == .indistinguishable)
    #expect(diff.verdict.caution.contains("The test set does not distinguish them either"))
  }

  @Test func anEnsembleIsNotHeldAgainstOneModel() throws {
    let diff = try folds {
      $0.foldScores = []
      $0.skill = 0.5
      $0.luck = 2
    }
    #expect(
      diff.scores.last?.reason
        == "the test scores are those of an ensemble of 5 models in A and of one model in B")
    #expect(diff.scores.last?["accuracy"]?.difference == nil)
    #expect(diff.verdict.outcome == .notComparable)
  }

  @Test func twoFoldsDifferByTheirExamples() throws {
    var first = SyntheticRun()
    first.fold = 1
    var second = first
    second.fold = 2
    second.heldOutFrom = 200
    second.luck = 2
    let diff = try Pair(first, second).diff
    #expect(diff.verdict.outcome == .indistinguishable)
    #expect(diff.verdict.reason.hasPrefix("only the fold differs"))
    #expect(
      diff.verdict.causes == [
        "fold 1 → 2 (200 examples held out by A alone and so trained on by B, 200 examples held out "
          + "by B alone and so trained on by A)"
      ])
    #expect(!diff.verdict.sentences.contains { $0.hasPrefix("Nothing that was recorded") })
  }

  /// The same configuration with other held-out examples, such as after a change of a groups file.
  @Test func otherHeldOutExamplesAreACause() throws {
    let diff = try Pair.diff {
      $0.heldOutFrom = 50
      $0.luck = 2
    }
    #expect(
      diff.verdict.causes == [
        "the training examples differ: 50 examples held out by A alone, 50 examples held out by B alone"
      ])
    // Another seed explains them.
    let seeds = try Pair.diff {
      $0.heldOutFrom = 50
      $0.seed = 7
      $0.luck = 2
    }
    #expect(seeds.verdict.causes == ["seed 42 → 7"])
  }
}

/// `compare` crowns nobody by noise, nor what does not share its examples.
@Suite struct RankingTests {
  private func compare(_ changes: [(inout SyntheticRun) -> Void]) throws -> RunComparison {
    let folder = try Pair()
    var runs = [folder.a]
    for (place, change) in changes.enumerated() {
      var run = SyntheticRun()
      run.luck = place + 2
      change(&run)
      runs.append(try run.write(folder.folder.path, "run\(place)"))
    }
    return RunComparison(runs)
  }

  @Test func aLeadWithinNoiseIsNone() throws {
    let comparison = try compare([{ $0.skill = 0.91 }, { $0.skill = 0.89 }])
    #expect(comparison.obstacles.isEmpty)
    #expect(comparison.scores.allSatisfy { $0.best.isEmpty })
  }

  @Test func aClearLeadIsMarked() throws {
    let comparison = try compare([{ $0.skill = 0.5 }, { $0.skill = 0.6 }])
    let best = Dictionary(
      uniqueKeysWithValues: comparison.scores.filter { $0.split == "test" }.map {
        ($0.key, $0.best)
      })
    #expect(best["accuracy"] == [0] && best["f1_macro"] == [0])
    // Nobody tests it.
    #expect(best["precision_macro"] == [])
  }

  /// One that beats all but its runner-up by more than noise is not the best.
  @Test func everyOtherRunMustBeBeaten() throws {
    let comparison = try compare([{ $0.skill = 0.5 }, { $0.skill = 0.89 }])
    #expect(comparison.scores.filter { $0.split == "test" }.allSatisfy { $0.best.isEmpty })
  }

  @Test func countsOfOtherExamplesAreNotSubtracted() throws {
    let comparison = try compare([
      {
        $0.test = 300
        $0.skill = 0.5
      }
    ])
    #expect(
      comparison.obstacles
        == ["test": "the test examples are not the same: 300 of 400 and 300 are in both"])
    #expect(comparison.scores.filter { $0.split == "test" }.allSatisfy { $0.best.isEmpty })
    #expect(comparison.scores.contains { $0.split == "validation" && $0.best == [0] })
    #expect(!comparison.isSubtractable(0, 1))
    #expect(comparison.cautions.contains { $0.hasSuffix("test scores are not ranked") })
  }

  @Test func anEnsembleIsNotRankedAmongSingleModels() throws {
    let comparison = try compare([
      {
        $0.foldScores = [0.9, 0.91, 0.92]
        $0.hasEnsemble = true
        $0.testSkill = 0.99
      }
    ])
    #expect(comparison.obstacles["test"]?.contains("an ensemble of 3 models in B") == true)
    #expect(comparison.basis("test", 1)?.by == .ensemble)
    #expect(comparison.scores.allSatisfy { $0.best.isEmpty })
    #expect(!comparison.isSubtractable(0, 1))
  }

  @Test func otherValidationExamplesAreNotRanked() throws {
    let comparison = try compare([
      {
        $0.heldOutFrom = 100
        $0.skill = 0.5
      }
    ])
    #expect(comparison.obstacles.keys.sorted() == ["validation"])
    #expect(comparison.scores.contains { $0.split == "test" && $0.best == [0] })
    #expect(comparison.isSubtractable(0, 1))
  }
}
