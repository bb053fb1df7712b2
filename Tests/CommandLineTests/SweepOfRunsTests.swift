import ExperimentConfig
import Files
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

  /// Nothing of a trial, and no plan, is taken for what it was when it was edited.
  @Test func anEditedSweepIsNotContinued() async throws {
    let program = try program()
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "lr=[1e-2,1e-3]", "epochs=1", "-q"]
    #expect(try await program.run(words).code == 0)
    let sweep = try SweepTests.sweep(program)
    let trials = try (1...2).map { try #require(try SweepCatalog.trial($0, of: sweep)) }
    let plan = "\(sweep)/sweep.json"
    let first = trials[0].file("run.json")
    for (path, change, text) in [
      (
        trials[0].file("resolved.yaml"), { $0.replacing("lr: 0.01", with: "lr: 0.02") },
        "resolved.yaml"
      ),
      (
        trials[0].file("summary.json"), { $0.replacing("0.", with: "0.0") },
        "summary.json was edited"
      ),
      (first, { _ in SweepTests.text(trials[1].file("run.json")) }, "is not that of this trial"),
      (plan, { $0.replacing("1e-3", with: "1e-4") }, "sweep.json: was edited"),
      (plan, { String($0.prefix($0.count / 2)) }, "sweep.json: is not in the expected format"),
    ] as [(String, (String) -> String, String)] {
      let before = SweepTests.text(path)
      let after = change(before)
      #expect(after != before, "\(path)")
      try AtomicFile.write(after, to: path)
      let refused = try await program.run(words)
      #expect(refused.code == 2, "\(path): \(refused.error)")
      #expect(refused.error.contains(text), "\(path): \(refused.error)")
      if path == plan { #expect(refused.error.contains("--new"), "\(refused.error)") }
      try AtomicFile.write(before, to: path)
    }
    #expect(program.runs().count == 1)
    #expect(try await program.run(words).code == 0)
  }

  @Test func anEditedRunIsNotReused() async throws {
    let program = try program()
    defer { program.remove() }
    let words = ["small.yaml", "epochs=1", "-q"]
    #expect(try await program.run(words + ["lr=1e-3"]).code == 0)
    let run = RunDirectory(path: try #require(program.runs().first))
    try run.write([run.bytes(of: "predictions.csv") + [UInt8(ascii: "\n")]], to: "predictions.csv")
    let refused = try await program.run(["sweep"] + words + ["lr=[1e-2,1e-3]", "--needed"])
    #expect(refused.code == 2, "\(refused.error)")
    #expect(refused.error.contains("\(run.name)' cannot be reused"), "\(refused.error)")
    #expect(refused.error.contains("predictions.csv was edited"), "\(refused.error)")
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
    #expect(needed.error.contains("started from the weights of 'runs/\(runs[0])'"))
    let both = try await program.run(["rm", runs[0], runs[1], "sweep", "--yes"])
    #expect(both.code == 0, "\(both.error)")
  }
}
