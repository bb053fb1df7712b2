import Diagnostics
import FoundationEssentials
import Testing

/// Every file of `Fixtures/bad` against the text beside it, to the column. With
/// `RUNNER_UPDATE_FIXTURES=1` the texts are written anew; read the difference before committing it.
@Suite struct BadFixtureTests {
  static let isUpdating = ProcessInfo.processInfo.environment["RUNNER_UPDATE_FIXTURES"] == "1"

  @Test(arguments: Checkout.experiments(in: Checkout.bad))
  func isExplained(path: String) throws {
    let start = ContinuousClock.now
    let outcome = Outcome.of(path)
    let duration = ContinuousClock.now - start
    let sidecar = path.dropLast(".yaml".count) + ".expected"
    if Self.isUpdating {
      try Data(outcome.text.utf8).write(to: URL(filePath: String(sidecar)))
    }
    let expected = try String(contentsOfFile: String(sidecar), encoding: .utf8)
    let isPlanned = outcome.plan != nil
    #expect(!isPlanned)
    #expect(!outcome.errors.isEmpty)
    #expect(outcome.text == expected)
    #expect(duration < Patience.hostile)
    let hasControls = outcome.text.unicodeScalars.contains {
      $0 != "\n" && $0.properties.generalCategory == .control
    }
    #expect(!hasControls, "control characters would reach the terminal")
  }
}
