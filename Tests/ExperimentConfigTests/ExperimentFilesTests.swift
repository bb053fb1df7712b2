import Diagnostics
import Testing

/// What this repository ships has to pass its own check.
@Suite struct ExperimentFilesTests {
  @Test(arguments: Checkout.shipped)
  func shipped(path: String) {
    let outcome = Outcome.of(path)
    let isPlanned = outcome.plan != nil
    #expect(isPlanned, "\(outcome.text)")
    #expect(outcome.diagnostics.isEmpty)
  }

  @Test(arguments: Checkout.experiments(in: Checkout.good))
  func goodFixtures(path: String) {
    let outcome = Outcome.of(path)
    let isPlanned = outcome.plan != nil
    #expect(isPlanned, "\(outcome.text)")
    #expect(outcome.diagnostics.isEmpty, "\(outcome.text)")
  }

  @Test func bothFoldersHoldFiles() {
    #expect(Checkout.experiments(in: Checkout.good).count >= 8)
    #expect(Checkout.experiments(in: Checkout.bad).count >= 60)
    #expect(!Checkout.experiments(in: Checkout.root + "/experiments").isEmpty)
  }
}
