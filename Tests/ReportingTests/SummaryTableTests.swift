import Reporting
import RunRecord
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
    several.intervals = ["test": ["accuracy": [0.7, 0.8]]]
    several.seeds = (42...44).map {
      RunSummary.Part(
        seed: $0, epochs: 10, bestEpoch: 7, trainExamples: 10, validationExamples: 5,
        validation: [:], test: [:])
    }
    #expect(
      SummaryTable.render(several, seconds: 1) == """
          mean ± sd       validation             test  95 % interval of test
          loss       0.2500 ± 0.0125  0.5000 ± 0.0100
          accuracy   0.8750 ± 0.0200  0.7500 ± 0.0300  0.7000 to 0.8000

          3 seeds, 42 to 44: the interval is that of the mean · 109,386 trainable parameters · 1.0 s

        """)
  }

  @Test func showsBothSets() {
    let values = [
      "loss": 0.0712, "accuracy": 0.97875, "precision_macro": 0.9785, "precision_weighted": 0.9,
      "f1_macro": 1,
    ]
    #expect(
      SummaryTable.render(summary(validation: values, test: ["loss": 0.08]), seconds: 12.34) == """
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
      summary(validation: ["loss": .nan], test: ["loss": .infinity, "f1": -.infinity]), seconds: 0)
    #expect(text.contains("  loss         nan   inf\n"))
    #expect(text.contains("  f1             –  -inf\n"))
  }

  @Test func fitsIntoEightyColumns() {
    var values: [String: Double] = [:]
    for name in ["loss", "accuracy", "precision", "recall", "f1", "a_rather_long_metric_name"] {
      for average in ["", "_macro", "_weighted"] { values[name + average] = -123_456.789 }
    }
    let text = SummaryTable.render(
      summary(validation: values, test: values, parameters: 1_234_567_890), seconds: 1e6)
    for line in text.split(separator: "\n") {
      #expect(line.count <= 80)
      #expect(line.last != " ")
    }
  }

  @Test func aRunWithoutMetricsHasATableToo() {
    let text = SummaryTable.render(summary(validation: [:], test: [:]), seconds: 0.04)
    #expect(text.hasSuffix("best epoch 7 of 10 · 109,386 trainable parameters · 0.0 s\n"))
  }
}
