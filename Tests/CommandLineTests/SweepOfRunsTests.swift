import ExperimentConfig
import FoundationEssentials
import RunRecord
import Testing

/// `runner sweep` with trials that are really trained.
@Suite(.serialized)
struct SweepOfRunsTests {
  private func program() throws -> Program {
    let program = try Program()
    try SmallExperiment.write(into: program)
    return program
  }

  @Test func trialsAreOrdinaryRuns() async throws {
    let program = try program()
    defer { program.remove() }
    let outcome = try await program.run(["sweep", "small.yaml", "lr=[1e-2,1e-3]"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let sweep = try SweepTests.sweep(program)
    let single = try await program.run(["small.yaml", "lr=1e-3", "-q", "--json"])
    #expect(single.code == 0)
    let trial = try #require(try SweepCatalog.trial(2, of: sweep))
    let run = try #require(program.runs().first { !$0.contains("-sweep-") })
    // The same experiment as a run of its own has the same results, byte for byte.
    #expect(
      SweepTests.text(trial.file("MANIFEST.sha256"))
        == SweepTests.text(run + "/MANIFEST.sha256"))
    for file in ["results.csv", "report.html", "plots/by_lr.svg", "plots/curves.svg"] {
      #expect(FileManager.default.fileExists(atPath: sweep + "/" + file), "\(file)")
    }
  }

  @Test func earlyStopsGoOnFromTheirCheckpoint() async throws {
    let program = try program()
    defer { program.remove() }
    let words = [
      "sweep", "small.yaml", "lr=[1e-1,1e-2,1e-3]", "epochs=9", "--strategy", "halving", "--jobs",
      "1",
    ]
    let outcome = try await program.run(words)
    #expect(outcome.code == 0, "\(outcome.error)")
    let table = try #require(SweepCatalog.table(of: SweepTests.sweep(program)))
    #expect(table.rows.map(\.status) == ["finished", "stopped", "stopped"])
    #expect(table.rows.map(\.epochs) == [9, 1, 1])
    #expect(outcome.error.contains("timed here"))
    // How much of it is left is not known beforehand, and here it is nothing.
    let again = try await program.run(words)
    #expect(again.code == 0)
    #expect(again.error.contains("compared after 1, 3 of 9 epochs\n"))
  }
}
