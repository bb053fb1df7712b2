import ComparisonFixtures
import RunRecord
import TestSupport
import Testing

@testable import Comparison

struct RunDistinctionsTests {
  @Test func runsOfOneNameAreToldApartByTheirSettings() throws {
    let folder = try TemporaryFolder()
    let a = try SyntheticRun().write(folder.path, "a")
    var other = SyntheticRun()
    other.dropout = "0.9"
    let b = try other.write(folder.path, "b")
    let found = RunComparison([a, b]).distinctions
    #expect(found.settings.map { $0.hasPrefix("dropout ") } == [true, true])
    #expect(found.settings[1] == "dropout 0.9")
    #expect(found.legends == ["A \(found.settings[0])", "B dropout 0.9"])
    #expect(RunDiff(a, b).distinctions == found)
  }

  @Test func runsWithNamesOfTheirOwnAreNamed() throws {
    let folder = try TemporaryFolder()
    let a = try SyntheticRun().write(folder.path, "a")
    var other = SyntheticRun()
    other.name = "another"
    other.dropout = "0.9"
    let b = try other.write(folder.path, "b")
    #expect(
      RunComparison([a, b]).distinctions.legends == ["A \(SyntheticRun().name)", "B another"])
    // The same run twice has nothing that tells it apart.
    let same = RunComparison([a, a]).distinctions
    #expect(same.settings == ["", ""])
    #expect(same.legends == ["A \(SyntheticRun().name)", "B \(SyntheticRun().name)"])
  }

  @Test func shortNamesOfSettingsAreUnique() {
    #expect(
      RunDistinctions.names([
        "optimizer.adam.lr", "model.3.dropout.p", "model.0.linear.bias", "model.2.linear.bias",
      ]) == ["lr", "dropout", "model.0.linear.bias", "model.2.linear.bias"])
  }
}
