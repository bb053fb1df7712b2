import ExperimentConfig
import Report
import RunRecord
import Statistics
import Tasks
import TestSupport
import Testing

/// What is said of runs with folds or seeds: which models, how many independent examples, which interval.
@Suite struct PartScoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A run of three seeds, each of which answers the same 100 test examples and its own 50 validation
  /// examples of 100.
  private func seeds(
    _ test: [Double] = [0.9, 0.91, 0.92], _ validation: [Double] = [0.96, 0.96, 0.97]
  ) throws -> RunEvidence {
    var run = SampleRun()
    run.summary = RunSummary(
      status: "finished", identity: "", dataset: "mnist", parameters: .init(total: 1, trainable: 1),
      epochs: 10, bestEpoch: nil, validation: ["accuracy": validation.reduce(0, +) / 3],
      test: ["accuracy": test.reduce(0, +) / 3])
    run.summary?.seeds = test.indices.map { index in
      RunSummary.Part(
        seed: UInt64(42 + index), epochs: 10, bestEpoch: [4, 7, 10][index], trainExamples: 50,
        validationExamples: 50, validation: ["accuracy": validation[index]],
        test: ["accuracy": test[index]])
    }
    let directory = try run.write(to: folder)
    var table = PredictionsFile(classes: 2)
    for seed in 1...3 {
      for index in 0..<150 {
        let split = index < 100 ? "test" : "validation"
        table.add(
          split: split, fold: seed, index: index < 100 ? index : index - 100 + 10 * seed,
          label: index % 2, predicted: index % 10 == 0 ? 1 - index % 2 : index % 2,
          probabilities: [0.5, 0.5])
      }
    }
    try folder.write(
      String(decoding: table.bytes, as: UTF8.self), run.directory + "/predictions.csv")
    return RunEvidence(reading: directory)
  }

  private func folds(_ best: [Int]) throws -> RunEvidence {
    var run = SampleRun()
    run.summary = RunSummary(
      status: "finished", identity: "", dataset: "mnist", parameters: .init(total: 1, trainable: 1),
      epochs: 10, bestEpoch: nil, validation: ["accuracy": 0.9], test: ["accuracy": 0.96])
    run.summary?.folds = best.indices.map { index in
      RunSummary.Part(
        fold: index + 1, repeat: 1, epochs: 10, bestEpoch: best[index], trainExamples: 80,
        validationExamples: 20, validation: ["accuracy": 0.89 + 0.01 * Double(index)],
        test: ["accuracy": 0.88 + 0.01 * Double(index)])
    }
    return RunEvidence(reading: try run.write(to: folder))
  }

  @Test func threeSeedsAreNotThreeTimesTheExamples() throws {
    let evidence = try seeds()
    #expect(evidence.basis(of: "test") == ScoreBasis(examples: 100, models: 3, by: .mean))
    #expect(evidence.basis(of: "validation")?.examples == 70)
    let insights = Insights(evidence, evidence.task.report(evidence.answers))
    #expect(insights.test?.count == 100)
    let overall = try #require(insights.all.first { $0.topic == .overall })
    #expect(overall.text.contains("of 300 predictions by 3 models for 100 test examples are right"))
    // 96.3% and 91% of 70 and 100 examples agree within chance, of 150 and 300 they would not.
    let gap = try #require(insights.all.first { $0.topic == .generalisation })
    #expect(gap.tone == .good, "\(gap.text)")
    #expect(gap.text.contains("means over 3 models"))
  }

  @Test func theGapOfFoldsIsThatOfSingleModels() throws {
    let evidence = try folds([3, 3, 3])
    #expect(evidence.basis(of: "test")?.by == .ensemble)
    // Not the ensemble's 96%.
    let insights = Insights(evidence, evidence.task.report(evidence.answers))
    #expect(abs((insights.test?.value ?? 0) - 0.89) < 1e-12)
    let text = PageText.scores(evidence)
    #expect(text.contains("ensemble of 3 models"), "\(text)")
    #expect(text.contains("mean test accuracy of 89.00%"), "\(text)")
  }

  @Test(
    arguments: [
      ([3, 7, 5], "3, 7 and 5 of 10, by fold"), ([10, 10], "10 of 10 in each of 2 folds"),
      ([2, 4, 4, 4, 4, 4, 4, 4, 9], "2 to 9 of 10, over 9 folds"),
    ])
  func everyPartHasItsBestEpoch(_ best: [Int], _ text: String) throws {
    let evidence = try folds(best)
    #expect(evidence.bestEpoch == nil)
    #expect(evidence.bestEpochText == text)
    let overview = RunOverview(evidence)
    #expect(overview.facts.contains { $0.label == "weights of epoch" && $0.value == text })
    #expect(!overview.insights.contains { $0.text.contains("epoch was 0") })
  }

  /// Earlier versions wrote 0 as the best epoch of folds.
  @Test func aZeroInAnOldSummaryIsNoEpoch() throws {
    let evidence = try folds([3, 7])
    try folder.write(
      """
      {"status": "finished", "epochs": 10, "best_epoch": 0, "validation": {"accuracy": 0.9},
       "test": {"accuracy": 0.9}, "folds": [{"fold": 1}, {"fold": 2}]}
      """, SampleRun().directory + "/summary.json")
    let old = RunEvidence(reading: evidence.run)
    #expect(old.bestEpoch == nil && old.bestEpochText == nil)
    #expect(!RunOverview(old).facts.contains { $0.value.hasPrefix("0 of") })
  }

  /// An interval over folds that an earlier version computed as if they were independent.
  @Test func naiveIntervalsOfOldSummariesAreReplaced() throws {
    let evidence = try folds([3, 3, 3])
    let interval = try #require(evidence.interval("validation", "accuracy"))
    #expect(interval.method.name == .correctedResampledT && interval.method.count == 3)
    // 0.9 ± t(2) · √((1/3 + 1/4) · 0.01²)
    let reach = 4.302652729911275 * (7.0 / 12 * 0.0001).squareRoot()
    #expect(abs(interval.lower - (0.9 - reach)) < 1e-9)
    #expect(abs(interval.upper - (0.9 + reach)) < 1e-9)
  }

  @Test func noShareIsAboveOne() throws {
    let evidence = try seeds([0.99, 1, 0.9], [0.99, 1, 0.98])
    for split in ["validation", "test"] {
      let interval = try #require(evidence.interval(split, "accuracy"))
      #expect(interval.upper <= 1 && interval.lower >= 0)
      #expect(interval.method.unit == .seeds)
    }
  }

  @Test func aListSaysWhichModelsATestScoreIsOf() throws {
    _ = try folds([3, 3, 3])
    let entry = try #require(try RunCatalog.entries(in: folder.path).first)
    #expect(RunColumn.testScore.text(entry) == "96.00% (ensemble of 3)")
    #expect(RunColumn.json(entry)["test_scored"]?["by"] == "ensemble")
  }
}

/// The scores and their notes as the page shows them.
private enum PageText {
  static func scores(_ evidence: RunEvidence) -> String {
    (try? ReportPage.render(evidence)) ?? ""
  }
}
