import Diagnostics
import Testing

/// What this repository ships has to pass its own check.
@Suite struct ExperimentFilesTests {
  /// Experiments that start from files which the user names.
  private static let ofOwnFiles = [
    "own_images", "table", "recipe", "vision_transformer", "distillation",
  ]

  @Test(arguments: Checkout.experiments(in: Checkout.root + "/experiments"))
  func shipped(path: String) {
    let outcome = Outcome.of(path)
    if Self.ofOwnFiles.contains(where: { path.hasSuffix("/\($0).yaml") }) {
      // Without the files this is all that is wrong; ShippedExperimentTests trains with some.
      #expect(outcome.diagnostics.count == 1, "\(outcome.text)")
      #expect(
        outcome.diagnostics.allSatisfy {
          $0.message.contains("there is no such folder") || $0.message.contains("cannot open it")
        })
      return
    }
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
