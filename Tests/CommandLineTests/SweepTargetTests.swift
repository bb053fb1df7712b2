import ExperimentConfig
import FoundationEssentials
import Glibc
import RunRecord
import Testing

/// Sweeps as RUN, `runner rm`, and what a sweep prints for scripts.
@Suite struct SweepTargetTests {
  private func object(_ text: String) throws -> [String: JSONValue] {
    guard
      case .object(let fields) = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
    else { throw TestFailure("no object: \(text)") }
    return fields
  }

  @Test func showListAndReportTakeSweeps() async throws {
    let program = try SweepTests.program(["FAKE_FAIL": "lr: 2 "])
    defer { program.remove() }
    #expect(try await program.run(["sweep", "small.yaml", "lr=[1,2,1e-3]"]).code == 70)
    let sweep = try SweepTests.sweep(program)
    for name in ["sweep", "small", "small-sweep", sweep] {
      let shown = try await program.run(["show", name])
      #expect(shown.code == 0, "\(shown.error)")
      #expect(shown.output.contains("best: trial 3, lr=1e-3"))
      #expect(shown.output.contains("trial 2 has no result: "))
    }
    let json = try object(try await program.run(["show", "sweep", "--json"]).output)
    #expect(json["status"] == "finished")
    #expect(json["strategy"] == "grid")
    #expect(json["ranked"] == true)
    let list = try await program.run(["list", "sweep", "--json"])
    guard
      case .array(let trials) = try JSONText.decode(
        JSONValue.self, from: Array(list.output.utf8))
    else { throw TestFailure("no list") }
    #expect(trials.count == 3)
    #expect(list.output.contains(#""values" : "lr=1e-3""#))
    #expect(list.output.contains(#""status" : "failed""#))
    #expect(try await program.run(["list", "sweep", "--sort", "val_loss"]).code == 0)
    try FileManager.default.removeItem(atPath: sweep + "/report.html")
    let report = try await program.run(["report", "sweep"])
    #expect(report.output == "runs/\(RunDirectory(path: sweep).name)/report.html\n")
    #expect(SweepTests.text(sweep + "/report.html").contains("Best: trial 3"))
    let resumed = try await program.run(["resume", "small"])
    #expect(resumed.code == 2)
    #expect(resumed.error.contains("is a sweep, not a run"))
    // A run is meant where there is one.
    #expect(try await program.run(["show", "sweep/1"]).code == 0)
    let notRun = try await program.run(["show"])
    #expect(notRun.code == 2)
    #expect(notRun.error.contains("there are no runs"))
    let unknown = try await program.run(["list", "none"])
    #expect(unknown.code == 2)
  }

  @Test func quietSweepsStillPrintErrors() async throws {
    let program = try SweepTests.program(["FAKE_FAIL": "lr: 2 "])
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "lr=[1,2]", "-q"]
    // What failed in an earlier call is no fault of the program in this one.
    for code in [70, 2] as [Int32] {
      let outcome = try await program.run(words)
      #expect(outcome.code == code)
      #expect(outcome.error.hasPrefix("error: trial 2 has no result: "), "\(outcome.error)")
    }
    let sweep = try SweepTests.sweep(program)
    let first = try #require(try SweepCatalog.trial(1, of: sweep))
    try FileManager.default.removeItem(atPath: first.file("summary.json"))
    #expect(
      try await program.run(words).error.contains(
        "error: trial 1 has no result: summary.json is missing"))
  }

  @Test func thePlanForScripts() async throws {
    let program = try SweepTests.program()
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "zip(lr=[1,2],seed=[3,4])", "batch_size=[8,16]"]
    let plan = try object(
      try await program.run(words + ["--dry-run", "--json"]).output)
    #expect(plan["strategy"] == "grid")
    #expect(plan["max_trials"] == 4)
    #expect(plan["left"] == 4)
    #expect(plan["sweep"] == .null)
    guard case .array(let trials)? = plan["trials"], case .object(let last)? = trials.last else {
      throw TestFailure("no trials")
    }
    #expect(trials.count == 4)
    #expect(last["values"] == ["lr": "2", "seed": "4", "batch_size": "16"])
    #expect(last["status"] == "planned")
    #expect(program.runs().isEmpty)
    #expect(try await program.run(words).code == 0)
    let later = try object(
      try await program.run(words + ["--dry-run", "--json", "-q"]).output)
    #expect(later["left"] == 0)
    #expect(later["sweep"] != .null)
    let epochs = try await program.run(
      ["sweep", "small.yaml", "lr=[1,2,3]", "--strategy", "asha", "--min-epochs", "4"])
    #expect(epochs.code == 2)
    #expect(epochs.error.contains("would compare trials after 4 epochs, but a trial has 3 epochs"))
    #expect(program.runs().count == 1)
  }

  @Test func anUndefinedObjectiveIsAnAnswerThatIsNone() async throws {
    var program = try SweepTests.program()
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "lr=[1,2]", "--objective", "f1", "--new"]
    // The other program knows no F1.
    let outcome = try await program.run(words)
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("no trial has a validation f1 macro"), "\(outcome.error)")
    #expect(!outcome.text.contains("best:"))
    #expect(try await program.run(words + ["-q"]).error.contains("trial 1 is not ranked"))
    program.environment = [:]
    let best = try await program.run(["show", "sweep/best"])
    #expect(best.code == 2)
    #expect(best.error.contains("has a value for validation f1 macro"))
  }

  @Test func rmMovesToTheTrash() async throws {
    let program = try SweepTests.program()
    defer { program.remove() }
    #expect(try await program.run(["sweep", "small.yaml", "lr=[1,2]"]).code == 0)
    #expect(try await program.run(["sweep", "small.yaml", "lr=[1,2]", "--new"]).code == 0)
    let sweeps = program.runs()
    let many = try await program.run(["rm", "small", "--yes"])
    #expect(many.code == 2)
    #expect(many.error.contains("matches 2 names"))
    let trial = try await program.run(["rm", "sweep/1", "--yes"])
    #expect(trial.code == 2)
    #expect(trial.error.contains("is a trial of the sweep"))
    let asked = try await program.run(["rm", "sweep"])
    #expect(asked.code == 2)
    #expect(asked.error.contains("--yes"))
    #expect(program.runs() == sweeps)
    // The folder itself, and its name: one sweep.
    let name = RunDirectory(path: sweeps[0]).name
    let moved = try await program.run(["rm", "runs/" + name, name, "--yes"])
    #expect(moved.code == 0, "\(moved.error)")
    #expect(moved.output == "moved runs/\(name) to runs/.trash/\(name)\n")
    #expect(
      FileManager.default.fileExists(atPath: program.path("runs/.trash/\(name)/sweep.json")))
    let json = try object(try await program.run(["rm", "sweep", "--yes", "--json"]).output)
    #expect(json["moved"] != nil)
    #expect(try await program.run(["list", "--json"]).output == "[\n\n]\n")
    #expect(try await program.run(["rm", "sweep", "--yes"]).code == 2)
  }

  @Test func rmLeavesWhatIsWorkedOn() async throws {
    let program = try SweepTests.program(["FAKE_DELAY": "0.3"])
    defer { program.remove() }
    async let sweeping = program.run(["sweep", "small.yaml", "lr=[1,2]"])
    while try await program.run(["list", "--json"]).output.contains("[\n\n]") {
      try await Task.sleep(for: .milliseconds(20))
    }
    let refused = try await program.run(["rm", "sweep", "--yes"])
    #expect(refused.code == 2)
    #expect(refused.error.contains("a process is working on"))
    #expect(try await sweeping.code == 0)
    #expect(try await program.run(["rm", "sweep", "--yes"]).code == 0)
  }
}
