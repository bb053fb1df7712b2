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

  /// Trials that differ in the run alone from which their weights come begin with different weights.
  @Test func weightsOfSeveralRuns() async throws {
    let program = try program()
    defer { program.remove() }
    for seed in [1, 2] {
      let run = try await program.run(["small.yaml", "seed=\(seed)", "epochs=1", "-q"])
      #expect(run.code == 0, "\(run.error)")
    }
    let runs = program.runs().map { RunDirectory(path: $0).name }
    let outcome = try await program.run([
      "sweep", "small.yaml", "epochs=1", "+weights=[{run: \(runs[0])},{run: \(runs[1])}]",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(!outcome.error.contains("same experiment"))
    let sweep = try SweepTests.sweep(program)
    let hashes = try [1, 2].map { number in
      try #require(try SweepCatalog.trial(number, of: sweep)).readInfo()
    }
    #expect(Set(hashes.compactMap(\.weights?.sha256)).count == 2)
    #expect(Set(hashes.map(\.identity)).count == 2)
    let needed = try await program.run(["rm", runs[0], "--yes"])
    #expect(needed.code == 2)
    #expect(needed.error.contains("began with the weights of 'runs/\(runs[0])'"))
    let both = try await program.run(["rm", runs[0], runs[1], "sweep", "--yes"])
    #expect(both.code == 0, "\(both.error)")
  }
}
