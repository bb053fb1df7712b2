import ComparisonFixtures
import Testing

@testable import Comparison

@Suite struct VerdictTests {
  @Test func aRunIsIdenticalToItself() throws {
    let pair = try Pair()
    let diff = RunDiff(pair.a, pair.a)
    #expect(diff.verdict.outcome == .identical)
    #expect(diff.isSame)
    #expect(diff.verdict.causes.isEmpty)
  }

  @Test func twoRunsWithTheSameResultsAreIdentical() throws {
    let diff = try Pair.diff { $0.name = "synthetic" }
    #expect(diff.verdict.outcome == .identical)
    #expect(diff.verdict.reason == "every epoch, every prediction and every weight is the same")
  }

  @Test func anotherNameAndHostAreNoDifference() throws {
    let diff = try Pair.diff { $0.name = "renamed" }
    #expect(diff.configuration.map(\.kind) == [.cosmetic])
    #expect(diff.isSame)
  }

  @Test(
    arguments: [
      { (run: inout SyntheticRun) in run.weightScale = 1.0001 },
      { $0.luck = 2 },
      { $0.losses = [1, 0.5, 0.2] },
      { $0.epochs = 4 },
      { $0.fingerprint = "beef" },
      { $0.weightCount = 26 },
    ] as [@Sendable (inout SyntheticRun) -> Void])
  func anyOtherResultIsADifference(_ change: @Sendable (inout SyntheticRun) -> Void) throws {
    #expect(try !Pair.diff(change).isSame)
  }

  @Test func anotherSeedIsIndistinguishable() throws {
    let diff = try Pair.diff {
      $0.seed = 7
      $0.luck = 9
      $0.skill = 0.8
    }
    #expect(diff.verdict.outcome == .indistinguishable)
    #expect(diff.verdict.reason.hasPrefix("only the seed differs"))
    #expect(diff.verdict.causes == ["seed 42 → 7"])
    // The models do differ, and the test says how much; the recipe is the same all the same.
    #expect(diff.scores.last?["accuracy"]?.isSignificant == true)
  }

  @Test func aWorseSettingIsNamed() throws {
    let diff = try Pair.diff {
      $0.dropout = "0.9"
      $0.skill = 0.5
      $0.luck = 2
    }
    #expect(diff.verdict.outcome == .aBetter)
    #expect(diff.verdict.causes == ["model.3.dropout.p 0.2 → 0.9"])
    #expect(
      diff.verdict.sentences[1]
        == "One difference could be the cause: model.3.dropout.p 0.2 → 0.9.")
    let mirrored = try Pair(
      {
        var run = SyntheticRun()
        run.dropout = "0.9"
        run.skill = 0.5
        run.luck = 2
        return run
      }(), SyntheticRun()
    ).diff
    #expect(mirrored.verdict.outcome == .bBetter)
  }

  @Test func aSmallDifferenceIsNoise() throws {
    let diff = try Pair.diff {
      $0.dropout = "0.25"
      $0.luck = 2
    }
    #expect(diff.verdict.outcome == .indistinguishable)
    #expect(diff.scores.last?["accuracy"]?.test?.name.hasPrefix("McNemar") == true)
  }

  @Test func otherDataAreNotTested() throws {
    let diff = try Pair.diff {
      $0.dataset = "digits"
      $0.fingerprint = "beef"
    }
    #expect(diff.verdict.outcome == .notComparable)
    #expect(diff.verdict.reason == "the data differ: 'mnist' and 'digits'")
    #expect(diff.verdict.causes == ["data.dataset mnist → digits"])
    #expect(diff.scores.allSatisfy { table in table.rows.allSatisfy { $0.test == nil } })
    #expect(diff.changedExamples.isEmpty)
  }

  @Test func theSameNameWithOtherContentsIsOtherData() throws {
    let diff = try Pair.diff { $0.fingerprint = "beef" }
    #expect(
      diff.verdict.reason
        == "the data differ: both are called 'mnist', with different contents")
    #expect(diff.verdict.causes == ["fingerprint f00d → beef"])
  }

  @Test func anotherSplitIsNotTestedButTheTestSetIs() throws {
    let diff = try Pair.diff {
      $0.heldOutFrom = 150
      $0.dropout = "0.9"
      $0.skill = 0.5
    }
    #expect(
      diff.scores.first?.reason
        == "the validation examples are not the same: 50 of 200 are in both")
    #expect(diff.verdict.outcome == .aBetter)
    #expect(diff.moves?.onlyA.count == 150)
    #expect(diff.moves?.onlyB.first == 200)
    #expect(diff.moves?.both == 50)
  }

  @Test func codeAndEnvironmentAreCauses() throws {
    let diff = try Pair.diff {
      $0.commit = "decaf"
      $0.cpu = "another"
      $0.luck = 2
    }
    #expect(diff.verdict.causes == ["commit c0ffee → decaf", "processor a processor → another"])
  }

  @Test func aResultWithoutACauseIsSaid() throws {
    let diff = try Pair.diff { $0.luck = 2 }
    #expect(diff.verdict.causes.isEmpty)
    #expect(
      diff.verdict.sentences.contains(
        "Nothing that was recorded differs in a way that could have caused it."))
  }
}
