import Reporting
import RunRecord
import Statistics
import Testing

struct SummaryTableTests {
  private func summary(
    validation: [String: Double], test: [String: Double], parameters: Int = 109_386
  ) -> RunSummary {
    RunSummary(
      status: "finished", identity: "", dataset: "mnist",
      parameters: .init(total: parameters, trainable: parameters), epochs: 10, bestEpoch: 7,
      validation: validation, test: test)
  }

  @Test func showsTheSpreadOverSeeds() {
    var several = summary(
      validation: ["loss": 0.25, "accuracy": 0.875], test: ["loss": 0.5, "accuracy": 0.75])
    several.validationSD = ["loss": 0.0125, "accuracy": 0.02]
    several.testSD = ["loss": 0.01, "accuracy": 0.03]
    several.setIntervals(
      [
        "accuracy": Interval(
          lower: 0.7, upper: 1.1, method: IntervalMethod(.correctedResampledT, over: 3, .seeds),
          within: 0...1)
      ], of: "test")
    several.scored = ["test": ScoreBasis(examples: 1000, models: 3, by: .mean)]
    several.seeds = (42...44).map {
      RunSummary.Part(
        seed: $0, epochs: 10, bestEpoch: 7, trainExamples: 10, validationExamples: 5,
        validation: [:], test: [:])
    }
    #expect(
      SummaryTable.render(several, seconds: 1, classes: []) == """
          mean ± sd       validation             test  95% interval of test
          loss       0.2500 ± 0.0125  0.5000 ± 0.0100
          accuracy   0.8750 ± 0.0200  0.7500 ± 0.0300  0.7000 to 1.0000

          test: each model on the same 1,000 examples
          interval: of the mean, corrected resampled t over 3 seeds

          3 seeds, 42 to 44 · 109,386 trainable parameters · 1.00 s

        """)
  }

  @Test func anEnsembleIsNamed() {
    var folds = summary(
      validation: ["accuracy": 0.9, "roc_auc_macro": 0.95],
      test: ["accuracy": 0.96, "roc_auc_macro": 0.97])
    folds.bestEpoch = nil
    folds.validationSD = ["accuracy": 0.01]
    folds.setIntervals(
      [
        "accuracy": Interval(
          lower: 0.86, upper: 0.94, method: IntervalMethod(.correctedResampledT, over: 3, .folds))
      ], of: "validation")
    folds.pooled = ["accuracy": 0.901]
    folds.scored = [
      "validation": ScoreBasis(examples: 300, models: 3, by: .mean),
      "test": ScoreBasis(examples: 100, models: 3, by: .ensemble),
    ]
    folds.singleModelTest = ["accuracy": 0.89]
    folds.singleModelTestSD = ["accuracy": 0.02]
    folds.meansOver = ["validation": ["roc_auc_macro": 2]]
    folds.folds = (1...3).map {
      RunSummary.Part(
        fold: $0, epochs: 10, bestEpoch: 10, trainExamples: 200, validationExamples: 100,
        validation: [:], test: [:])
    }
    let text = SummaryTable.render(folds, seconds: 1, classes: [])
    for line in [
      "ensemble test: averaged predictions of 3 models on 100 examples",
      "test accuracy of one model: 0.8900 ± 0.0200, the mean over the 3",
      "interval: of that mean, corrected resampled t over 3 folds",
      "pooled: all out-of-fold predictions of 300 examples",
      "validation roc auc (macro): mean over the 2 of 3 folds in which it is defined",
    ] {
      #expect(text.contains("  \(line)\n"), "\(text)")
    }
    #expect(!text.contains("best epoch"))
  }

  @Test func aBootstrapIsNamed() {
    var one = summary(validation: ["accuracy": 0.9], test: ["accuracy": 0.9])
    one.setIntervals(
      [
        "accuracy": Interval(
          lower: 0.88, upper: 0.92,
          method: IntervalMethod(.bootstrap, over: 10_000, .examples, resamples: 1000))
      ], of: "test")
    let text = SummaryTable.render(one, seconds: 1, classes: [])
    #expect(text.contains("  95% interval of test\n"))
    #expect(text.contains("  interval: bootstrap over 10,000 examples (1,000 resamples)\n"))
  }

  @Test func showsBothSets() {
    let values = [
      "loss": 0.0712, "accuracy": 0.97875, "precision_macro": 0.9785, "precision_weighted": 0.9,
      "f1_macro": 1,
    ]
    #expect(
      SummaryTable.render(
        summary(validation: values, test: ["loss": 0.08]), seconds: 12.34, classes: []) == """
                               validation    test
            loss                   0.0712  0.0800
            accuracy               0.9788       –
            precision (macro)      0.9785       –
            f1 (macro)             1.0000       –

            best epoch 7 of 10 · 109,386 trainable parameters · 12.3 s

          """)
  }

  @Test func showsWhatIsNoNumber() {
    let text = SummaryTable.render(
      summary(validation: ["loss": .nan], test: ["loss": .infinity, "f1": -.infinity]), seconds: 0,
      classes: [])
    #expect(text.contains("  loss         nan   inf\n"))
    #expect(text.contains("  f1             –  -inf\n"))
  }

  @Test func fitsIntoEightyColumns() {
    var values: [String: Double] = [:]
    for name in ["loss", "accuracy", "precision", "recall", "f1", "a_rather_long_metric_name"] {
      for average in ["", "_macro", "_weighted"] { values[name + average] = -123_456.789 }
    }
    let text = SummaryTable.render(
      summary(validation: values, test: values, parameters: 1_234_567_890), seconds: 1e6,
      classes: [])
    for line in text.split(separator: "\n") {
      #expect(line.count <= 80)
      #expect(line.last != " ")
    }
  }

  @Test func aRunWithoutMetricsHasATableToo() {
    let text = SummaryTable.render(summary(validation: [:], test: [:]), seconds: 0.04, classes: [])
    #expect(text.hasSuffix("10 epochs · 109,386 trainable parameters · 0.04 s\n"))
  }
}
