import FoundationEssentials
import RunRecord
import Testing
import Weights

@testable import Training

/// The learning-rate range test, against a loop in PyTorch with fastai's smoothing.
@Suite struct RateFinderTests {
  struct Golden: Decodable {
    let start: Double
    let end: Double
    let steps: Int
    let rates: [Double]
    let losses: [Double]
    let smoothed: [Double]
    let suggestion: Double
    let diverged: Bool

    var range: RateRange { RateRange(start: start, end: end, steps: steps) }

    static func all() throws -> [Golden] {
      let url = TrainingGolden.folder.deletingLastPathComponent()
        .appending(path: "recipes/rates.json")
      return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: url))
    }
  }

  private func find(
    _ job: TrainingJob, _ range: RateRange, interruptAfter last: Int = .max
  ) throws -> RateTest {
    var steps = 0
    return try RateFinder(job, range).run(isInterrupted: { steps >= last }) { steps = $0 }
  }

  @Test func smoothingEndAndSuggestionAreTheReferences() throws {
    let goldens = try Golden.all()
    #expect(Set(goldens.map(\.diverged)).count == 2)
    for golden in goldens {
      var test = RateTest()
      for (step, loss) in golden.losses.enumerated() {
        #expect(!test.diverged)
        test.add(rate: golden.range.rate(at: step + 1), loss: loss)
      }
      #expect(test.diverged == golden.diverged)
      for (ours, theirs) in zip(test.smoothed, golden.smoothed) {
        #expect(abs(ours - theirs) <= 1e-12 * theirs)
      }
      for (ours, theirs) in zip(test.rates, golden.rates) {
        #expect(abs(ours - theirs) <= 1e-12 * theirs)
      }
      let suggestion = try #require(test.suggestion)
      #expect(abs(suggestion - golden.suggestion) <= 1e-12 * golden.suggestion)
      try test.check()
    }
  }

  @Test func trainsWithTheRatesOfTheRange() throws {
    for golden in try Golden.all() {
      let job = try RecipeGolden.job(
        "schedule: {step: 1}\ntrain: {epochs: 1, ema: 0.9, early_stopping: {patience: 1}}")
      let test = try find(job, golden.range)
      // At large rates two correct implementations part, and diverge some steps sooner or later: perhaps only after
      // the last step.
      #expect(abs(test.losses.count - golden.losses.count) <= 3)
      let isNearTheEnd = golden.diverged && golden.losses.count + 3 > golden.range.steps
      #expect(test.diverged == golden.diverged || isNearTheEnd)
      for (step, (ours, theirs)) in zip(test.losses, golden.losses).enumerated()
      where golden.rates[step] < 0.05 {
        #expect(abs(ours - theirs) <= 1e-5, "step \(step + 1)")
      }
    }
  }

  @Test func aLossThatIsNotFiniteEndsTheTest() throws {
    let job = try RecipeGolden.job("loss: mse")
    let test = try find(job, RateRange(start: 1e10, end: 1e30, steps: 40))
    #expect(test.diverged && test.losses.count < 40 && !test.losses.isEmpty)
    #expect(test.losses.allSatisfy { $0.isFinite })
    try test.check()
  }

  @Test func theFirstLossMustBeFinite() throws {
    var job = try RecipeGolden.job("")
    let place = try #require(job.initialWeights?.firstIndex { $0.name == "9.weight" })
    job.initialWeights?[place].bytes[3] = 0x7F
    job.initialWeights?[place].bytes[2] = 0xC0
    #expect(throws: TrainingFailure.self) {
      try find(job, RateRange(start: 1e-4, end: 1, steps: 20))
    }
  }

  @Test func canBeInterruptedAndIsTheSameEveryTime() throws {
    let range = RateRange(start: 1e-4, end: 1e-1, steps: 25)
    #expect(throws: TrainingInterrupted.self) {
      try find(RecipeGolden.job(""), range, interruptAfter: 7)
    }
    let (first, second) = (
      try find(RecipeGolden.job(""), range), try find(RecipeGolden.job(""), range)
    )
    #expect(first == second)
    #expect(first.losses.count == 25 && !first.diverged)
  }

  @Test func aLossThatOnlyGrowsSuggestsNothing() throws {
    var test = RateTest()
    let range = RateRange(start: 1e-3, end: 1, steps: 30)
    for step in 1...30 { test.add(rate: range.rate(at: step), loss: 1 + 0.01 * Double(step)) }
    #expect(test.suggestion == nil && !test.diverged)
    #expect(range.rate(at: 1) == 1e-3)
    #expect(abs(range.rate(at: 30) - 1) < 1e-12)
  }

  @Test func aDamagedRecordIsRefused() throws {
    for text in [
      #"{"rates":[1],"losses":[],"smoothed":[1],"diverged":false}"#,
      #"{"rates":[1],"losses":[1],"smoothed":[],"diverged":false}"#,
    ] {
      let test = try JSONDecoder().decode(RateTest.self, from: Data(text.utf8))
      #expect(throws: RecordProblem.self) { try test.check() }
    }
  }
}
