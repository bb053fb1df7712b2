import ExperimentConfig
import FoundationEssentials
import Glibc
import RunRecord
import Subprocess
import SystemPackage
import Testing

/// `runner sweep` with a program that stands in for `runner resume`.
@Suite struct SweepTests {
  static let fake = Program.repository + "/Tests/Fixtures/sweep/fake-runner"

  static func program(_ environment: [String: String] = [:]) throws -> Program {
    var program = try Program()
    try SmallExperiment.write(into: program)
    program.environment = environment.merging([
      "RUNNER_PROGRAM": fake, "FAKE_LEDGER": program.path("ledger"),
    ]) { $1 }
    return program
  }

  static func sweep(_ program: Program, _ index: Int = 0) throws -> String {
    let sweeps = program.runs().filter { $0.contains("-sweep-") }
    return try #require(sweeps.indices.contains(index) ? sweeps[index] : nil)
  }

  static func text(_ path: String) -> String {
    ((try? Data(contentsOf: URL(fileURLWithPath: path))).map { Array($0) } ?? [])
      .withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  static func ledger(_ program: Program) -> [String] {
    text(program.path("ledger")).split(separator: "\n").map(String.init)
  }

  @Test func asTypedInBash() async throws {
    let program = try Self.program()
    defer { program.remove() }
    try FileManager.default.createDirectory(
      atPath: program.path("experiments"), withIntermediateDirectories: true)
    try program.write(
      SmallExperiment.yaml.replacing("folder: data", with: "folder: ../data"),
      to: "experiments/default.yaml")
    let result = try await Subprocess.run(
      .name("bash"), arguments: ["-c", "runner sweep lr=[1e-3,1e-4]"],
      environment: .inherit.updating([
        "PATH": Program.folder + ":/usr/bin:/bin", "RUNNER_PROGRAM": Self.fake,
      ]), workingDirectory: FilePath(program.work), output: .string(limit: 1 << 16),
      error: .string(limit: 1 << 16))
    #expect(result.terminationStatus == .exited(0))
    let text = result.standardError + result.standardOutput
    #expect(text.contains("small · grid · 2 trials"))
    #expect(text.contains("best: trial 1, lr=1e-3"))
    #expect(text.contains("95% interval"))
    #expect(text.contains("looks better than it is"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.contains("/trials/") })
  }

  @Test func withoutAnExperiment() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let result = try await program.run(["sweep", "lr=[1,2]"])
    #expect(result.code == 2)
    #expect(
      result.error.contains("no experiment was given, and there is no experiments/default.yaml"))
    #expect(result.error.contains("runner sweep EXPERIMENT.yaml lr=[1,2]"))
    #expect(program.runs().isEmpty)
  }

  /// What only the labels show stops the sweep as well; where nothing has begun, nothing is frozen.
  @Test func aSplitThatTheLabelsDoNotAllow() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let wrong = SmallExperiment.yaml.replacing(
      "  batch_size: 32", with: "  limit: {train: 200}\n  split: {validation: 0.01}")
    try program.write(wrong, to: "small.yaml")
    let words = ["sweep", "small.yaml", "lr=[1e-3,1e-4]"]
    let refused = try await program.run(words)
    #expect(refused.code == 2)
    #expect(refused.error.contains("small.yaml:10:"))
    #expect(refused.error.contains("leaves 2 examples for validation"))
    try program.write(wrong.replacing("0.01", with: "0.1"), to: "small.yaml")
    let mended = try await program.run(words)
    #expect(mended.code == 0)
    #expect(!mended.error.contains("has changed since"))
    #expect(Self.ledger(program).count == 2)
    #expect(program.runs().count == 1)
  }

  @Test func mistakesOfAllTrialsComeBeforeTheFirst() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let typo = try await program.run(["sweep", "small.yaml", "lr=[1e-3,1e-4]", "batch_siz=[1,2]"])
    #expect(typo.code == 2)
    #expect(typo.error.contains("did you mean 'batch_size'?"))
    let values = try await program.run(
      ["sweep", "small.yaml", "lr=[1e-3,-1]", "batch_size=[32,0]"])
    #expect(values.code == 2)
    #expect(values.error.contains("in trial 3: lr=-1, batch_size=32"))
    #expect(values.error.contains("in trial 2: lr=1e-3, batch_size=0"))
    #expect(values.error.contains("2 errors"))
    let nothing = try await program.run(["sweep", "small.yaml", "lr=1e-3"])
    #expect(nothing.error.contains("nothing is swept"))
    let objective = try await program.run(
      ["sweep", "small.yaml", "lr=[1,2]", "--objective", "test_accuracy"])
    #expect(objective.error.contains("cannot choose by the test set"))
    for text in ["min:accuracy", "max:loss"] {
      let worst = try await program.run(["sweep", "small.yaml", "lr=[1,2]", "--objective", text])
      #expect(worst.code == 2)
      #expect(worst.error.contains("'\(text)' would choose the worst trial"), "\(worst.error)")
    }
    let conflict = try await program.run(
      ["sweep", "small.yaml", "optimizer=[adam,sgd]", "optimizer.sgd.momentum=[0.5,0.9]"])
    #expect(conflict.code == 2)
    #expect(conflict.error.contains("belongs to 'sgd', but 'optimizer' chooses 'adam'"))
    let elsewhere = try await program.run(["sweep", "small.yaml", "momentum=[0.5,0.9]"])
    #expect(elsewhere.code == 2)
    #expect(elsewhere.error.contains("write optimizer.sgd.momentum"))
    #expect(program.runs() == [])
  }

  @Test func dryRunShowsEveryTrialAndStartsNone() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let outcome = try await program.run([
      "sweep", "small.yaml", "optimizer=[adam,{sgd: {momentum: 0.9}}]", "zip(lr=[1,2],seed=[3,4])",
      "--dry-run",
    ])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("4  {sgd: {momentum: 0.9}}  2   4"))
    #expect(outcome.output.contains("on disk, about "))
    #expect(outcome.output.contains("(timed here: a step takes 0."))
    #expect(!outcome.output.contains("frozen layers"))
    #expect(program.runs() == [])
    let frozen = try await program.run([
      "sweep", "small.yaml", "lr=[1,2]", "+freeze=backbone", "device=cpu", "--dry-run",
    ])
    #expect(frozen.output.contains("the frozen layers once"))
    // What cannot be timed is no reason to say nothing.
    let elsewhere = try await program.run([
      "sweep", "small.yaml", "lr=[1,2]", "device=mps", "--dry-run",
    ])
    #expect(elsewhere.code == 0, "\(elsewhere.error)")
    let words = elsewhere.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("; the duration will be known once the first trial finishes"))
  }

  @Test func anAddedValueRunsOnlyWhatIsNew() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let keys = ["batch_size=[16,32,64]"]
    let first = try await program.run(["sweep", "small.yaml", "lr=[1,2,3,4]"] + keys)
    #expect(first.code == 0)
    #expect(Self.ledger(program).count == 12)
    // Another order and spelling, another value.
    let second = try await program.run(["sweep", "small.yaml"] + keys + ["lr=4.0,3,2,1,5"])
    #expect(second.code == 0)
    #expect(second.error.contains("15 trials, 12 finished"))
    #expect(Self.ledger(program).count == 15)
    #expect(program.runs().count == 1)
    let again = try await program.run(["sweep", "small.yaml", "lr=[1,2,3,4,5]"] + keys)
    #expect(again.error.contains("nothing is left to do"))
    #expect(Self.ledger(program).count == 15)
    let other = try await program.run(
      ["sweep", "small.yaml", "lr=[1,2,3,4,5]", "--new", "--needed"] + keys)
    #expect(other.code == 0)
    #expect(other.error.contains("reused from"))
    #expect(Self.ledger(program).count == 15)
    #expect(program.runs().count == 2)
  }

  /// The sweep and a tenth of its trials are killed, and nobody can see it in the results.
  @Test(.timeLimit(.minutes(5))) func killedAtAnyMoment() async throws {
    let program = try Self.program(["FAKE_KILL": "1"])
    let serial = try Self.program()
    defer {
      program.remove()
      serial.remove()
    }
    let words = ["sweep", "small.yaml", "lr=logspace[1e-4:1e-1:20]", "batch_size=range[8:80:8]"]
    for moment in ["[25/200]", "[80/200]", "[140/200]"] {
      let killed = try await program.run(
        words + ["--jobs", "2"], send: SIGKILL, after: moment)
      #expect(killed.code == -SIGKILL)
    }
    let last = try await program.run(words + ["--jobs", "2"])
    #expect(last.code == 0)
    #expect(try await serial.run(words + ["--jobs", "1"]).code == 0)
    let killed = try FileManager.default.contentsOfDirectory(
      atPath: Self.sweep(program) + "/trials"
    ).filter {
      FileManager.default.fileExists(
        atPath: try! Self.sweep(program) + "/trials/\($0)/.killed")
    }
    #expect(killed.count >= 10)
    #expect(Self.ledger(program).count == 200)
    #expect(Set(Self.ledger(program)).count == 200)
    let results = Self.text(try Self.sweep(program) + "/results.csv")
    #expect(results.split(separator: "\n").count == 201)
    #expect(results == Self.text(try Self.sweep(serial) + "/results.csv"))
  }

  @Test func interruptedAndGoneOnWith() async throws {
    var program = try Self.program(["FAKE_DELAY": "1"])
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "lr=[1,2,3]", "--jobs", "1"]
    let stopped = try await program.run(words, send: SIGINT, after: "[1/3]")
    #expect(stopped.code == 75)
    #expect(stopped.error.contains("continue with: runner sweep small.yaml lr=[1,2,3] --jobs 1"))
    // Of two calls at the same time one is refused.
    program.environment["FAKE_DELAY"] = "2"
    let both = program
    async let first = both.run(words)
    async let second = both.run(words)
    let outcomes = try await [first, second].sorted { $0.code < $1.code }
    #expect(outcomes.map(\.code) == [0, 2])
    #expect(outcomes[1].error.contains("another process is working on"))
    #expect(Self.ledger(program).count == 3)
  }

  @Test func whatIsFrozenStays() async throws {
    var program = try Self.program(["FAKE_DELAY": "1"])
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "lr=[1,2,3]", "--jobs", "1"]
    #expect(try await program.run(words, send: SIGTERM, after: "[1/3]").code == 75)
    program.environment["FAKE_DELAY"] = nil
    try program.write(
      SmallExperiment.yaml.replacing("epochs: 3", with: "epochs: 2"), to: "small.yaml")
    let outcome = try await program.run(words)
    #expect(outcome.code == 0)
    #expect(outcome.error.contains("has changed since this sweep began"))
    let table = try #require(SweepCatalog.table(of: Self.sweep(program)))
    #expect(table.rows.map(\.epochs) == [3, 3, 3])
  }

  @Test func aFailingTrialDoesNotStopTheOthers() async throws {
    var program = try Self.program(["FAKE_FAIL": "lr: 2 "])
    defer { program.remove() }
    let words = ["sweep", "small.yaml", "lr=[1,2,3]"]
    let outcome = try await program.run(words)
    #expect(outcome.code == 70)
    #expect(outcome.text.contains("trial 2 has no result"))
    #expect(Self.ledger(program).count == 2)
    program.environment["FAKE_FAIL"] = nil
    #expect(try await program.run(words).code == 2)
    #expect(Self.ledger(program).count == 2)
    #expect(try await program.run(words + ["--retry"]).code == 0)
    #expect(Self.ledger(program).count == 3)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: Self.sweep(program) + "/trials")
    #expect(names.contains { $0.hasPrefix("2-") && $0.hasSuffix(".failed-1") })
  }

  @Test func halvingAndTPEAreRepeatableEvenWhenKilled() async throws {
    for options in [
      ["--strategy", "halving", "--max-trials", "9", "epochs=6"],
      ["--strategy", "tpe", "--max-trials", "14", "epochs=2"],
    ] {
      let words = ["sweep", "small.yaml", "lr=loguniform[1e-5:1]", "--jobs", "1"] + options
      let killed = try Self.program()
      let whole = try Self.program()
      defer {
        killed.remove()
        whole.remove()
      }
      #expect(try await whole.run(words).code == 0)
      let kill = try await killed.run(words, send: SIGKILL, after: "trial 7")
      #expect(kill.code == -SIGKILL)
      #expect(try await killed.run(words).code == 0)
      let results = Self.text(try Self.sweep(whole) + "/results.csv")
      #expect(results.contains(",stopped,") == options.contains("halving"))
      #expect(results == Self.text(try Self.sweep(killed) + "/results.csv"))
    }
  }

  @Test func theSectionOfTheFileSaysTheSame() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let section = """
      sweep:
        parameters: {lr: [1e-3, 1e-2], batch_size: "range[16:48:16]"}
        zip: [{seed: [1, 2], dropout: [0.1, 0.2]}]
        objective: accuracy
        keep: none

      """
    try program.write(SmallExperiment.yaml + section, to: "small.yaml")
    let outcome = try await program.run(["sweep", "small.yaml", "batch_size=64", "--json"])
    #expect(outcome.code == 0)
    let object = try JSONText.decode(JSONValue.self, from: Array(outcome.output.utf8))
    guard case .object(let fields) = object, case .array(let trials)? = fields["trials"] else {
      throw TestFailure("no object")
    }
    #expect(trials.count == 4)
    #expect(fields["objective"] == "validation.accuracy")
    #expect(fields["higher_is_better"] == true)
    let bad = SmallExperiment.yaml + "sweep: {parameters: {lrr: [1, 2]}, strategy: gird}\n"
    try program.write(bad, to: "bad.yaml")
    let wrong = try await program.run(["sweep", "bad.yaml"])
    #expect(wrong.code == 2)
    #expect(wrong.error.contains("did you mean 'grid'?"))
  }

  @Test func trialsHaveNames() async throws {
    let program = try Self.program()
    defer { program.remove() }
    #expect(try await program.run(["sweep", "small.yaml", "lr=[1,1e-3]"]).code == 0)
    let list = try await program.run(["list", "--json"])
    #expect(list.output.contains("2/2 trials"))
    let best = try await program.run(["show", "sweep/best", "--json"])
    #expect(best.code == 0)
    #expect(best.output.contains("/trials/2-"))
    #expect(try await program.run(["show", "small-sweep/1"]).code == 0)
    let missing = try await program.run(["show", "sweep/3"])
    #expect(missing.code == 2)
    #expect(missing.error.contains("trial 3 of"))
  }
}
