import ExperimentConfig
import FoundationEssentials
import RunRecord
import Testing

/// `runner sweep` with trials that are really trained.
@Suite(.serialized, .disabled("'runner resume' and prepared runs are not there yet"))
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

  /// Two processors carry two trials in little more than the time of one.
  @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2), .timeLimit(.minutes(5)))
  func twoAtOnceAreNearlyTwiceAsFast() async throws {
    let words = ["sweep", "small.yaml", "seed=[1,2]", "epochs=400", "threads=1"]
    var seconds: [Double] = []
    for jobs in ["1", "2"] {
      let program = try program()
      defer { program.remove() }
      let start = ContinuousClock.now
      #expect(try await program.run(words + ["--jobs", jobs]).code == 0)
      let elapsed = ContinuousClock.now - start
      seconds.append(
        Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
    }
    print("one after another \(seconds[0]) s, at once \(seconds[1]) s")
    #expect(seconds[0] / seconds[1] >= 1.7)
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
  }
}
