import FoundationEssentials
import Glibc
import RunRecord
import Testing

/// What goes wrong ends with the right code, in words, and loses nothing.
@Suite struct FailureTests {
  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try await body(&program)
  }

  @Test func wrongExperimentsLeaveNoDirectory() async throws {
    try await withProgram { program in
      try program.write(
        SmallExperiment.yaml.replacing("- relu", with: "- rleu").replacing("seed:", with: "sed:"),
        to: "typo.yaml")
      let outcome = try await program.run(["typo.yaml"])
      #expect(outcome.code == 2)
      #expect(
        outcome.error == """
          typo.yaml:2:1: error: unknown key 'sed'
          2 | sed: 7
            | ^~~ did you mean 'seed'?
          typo.yaml:13:5: error: unknown layer 'rleu'
          13 |   - rleu
             |     ^~~~ did you mean 'relu'?
          2 errors

          """)
      let missing = try await program.run(["nowhere.yaml"])
      #expect(missing.code == 2)
      #expect(missing.error.contains("no such file: 'nowhere.yaml'"))
      #expect(program.runs().isEmpty)
    }
  }

  @Test func wrongUsage() async throws {
    try await withProgram { program in
      let option = try await program.run(["small.yaml", "--nonsense"])
      #expect(option.code == 64)
      let help = try await program.run(["--help"])
      #expect(help.code == 0)
      let version = try await program.run(["--version"])
      #expect(version.output == Version.runner + "\n")
    }
  }

  @Test func aMistypedCommandIsNoFile() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["chek", "small.yaml"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("'chek' is neither an experiment file nor a command"))
      #expect(outcome.error.contains("did you mean 'check'?"))
    }
  }

  @Test func anEmptyFolderIsNoPlaceForMistakes() async throws {
    let program = try Program()
    defer { program.remove() }
    let list = try await program.run(["list"])
    #expect(list.code == 0)
    #expect(list.output == "There are no runs in 'runs'.\n")
    let json = try await program.run(["list", "--json"]).output
    #expect(json.filter { !$0.isWhitespace } == "[]")
    for arguments in [
      ["show", "latest"], ["diff"], ["resume", "x"], ["list", "--runs-dir", "ran"],
    ] {
      let outcome = try await program.run(arguments)
      #expect(outcome.code == 2)
      #expect(
        outcome.error.contains("there is no such folder, so there are no runs"), "\(outcome.error)")
    }
  }

  @Test func warningsAreRecorded() async throws {
    try await withProgram { program in
      let softmax = SmallExperiment.yaml.replacing(
        "- linear: 4\n", with: "- linear: 4\n  - softmax\n")
      try program.write(softmax, to: "softmax.yaml")
      let outcome = try await program.run(["softmax.yaml", "-q"])
      #expect(outcome.code == 0)
      #expect(outcome.error.contains("softmax.yaml:16:5: warning: 'cross_entropy' applies softmax"))
      let run = RunDirectory(path: try #require(program.runs().first))
      #expect(try run.readInfo().warnings.count == 1)
    }
  }

  @Test func withoutGnuplotTheRunSaysSoAndIsOtherwiseComplete() async throws {
    try await withProgram { program in
      program.environment["PATH"] = program.path("nothing")
      let outcome = try await program.run(["small.yaml"])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.error.contains("warning: no plots were drawn"))
      let run = RunDirectory(path: try #require(program.runs().first))
      let info = try run.readInfo()
      #expect(info.status == .finished)
      #expect(info.warnings.count == 1)
      #expect(FileManager.default.fileExists(atPath: run.file("report.html")))
    }
  }

  @Test func theTerminalGetsNoEscapesOfStrangers() async throws {
    try await withProgram { program in
      for arguments in [
        ["small.yaml", "--runs-dir", "r\u{1B}[31m", "epochs=1"], ["small.yaml", "--b\u{1B}[31mr"],
        ["\u{1B}[31m.yaml"], ["small.yaml", "\u{1B}[31m=1"],
      ] {
        let outcome = try await program.run(arguments)
        #expect(!outcome.error.contains("\u{1B}"), "\(arguments)")
      }
    }
  }

  @Test func aLabelOutsideTheClasses() async throws {
    try await withProgram { program in
      try SmallExperiment.write(into: program, largestLabel: 4)
      let outcome = try await program.run(["small.yaml"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("small.yaml:5:"))
      #expect(outcome.error.contains("example 17 has the label 4"))
      #expect(program.runs().isEmpty)
    }
  }

  /// What only the labels show is an error of the experiment as well: with its place, before there is a
  /// run.
  @Test func aSplitThatTheLabelsDoNotAllow() async throws {
    try await withProgram { program in
      try program.write(
        SmallExperiment.yaml.replacing(
          "  batch_size: 32", with: "  split: {folds: 5}\n  batch_size: 32"), to: "folds.yaml")
      try program.write((0..<400).map { "\($0 % 3)\n" }.joined(), to: "groups.txt")
      for (arguments, texts) in [
        (
          ["folds.yaml", "+data.limit.train=15"],
          [
            "folds.yaml:9:18: error: the examples cannot be split this way: class 3 has 3 "
              + "examples, fewer "
              + "than the 5 folds; `stratified: false` removes this limit",
            "9 |   split: {folds: 5}",
            "note: only the first 15 training examples are used",
          ]
        ),
        (
          ["folds.yaml", "folds=4", "+data.limit.train=15"],
          ["command line:1:7: error:", "the 4 folds"]
        ),
        (
          ["folds.yaml", "+data.split.groups=groups.txt"],
          ["there are 3 groups, fewer than 5 folds"]
        ),
        (
          ["small.yaml", "+data.split.validation=0.01", "+data.limit.train=200"],
          ["leaves 2 examples for validation"]
        ),
        (
          ["small.yaml", "+data.limit.train=100", "batch_size=128", "+data.drop_last=true"],
          ["80 training examples do not fill one batch of 128"]
        ),
        (
          ["small.yaml", "+data.limit.train=81", "model.2=batch_norm1d", "batch_size=9"],
          ["command line:1:9: error: 'batch_norm1d' cannot train on the last batch"]
        ),
        (
          ["small.yaml", "+schedule={cosine: {interval: step, warmup_steps: 100}}"],
          ["the warm-up takes the whole training: 100 of 30 steps"]
        ),
      ] {
        let outcome = try await program.run(arguments)
        #expect(outcome.code == 2, "\(arguments)")
        for text in texts { #expect(outcome.error.contains(text), "\(outcome.error)") }
      }
      #expect(program.runs().isEmpty)
    }
  }

  /// Of data whose size only their files say.
  @Test func whatOnlyTheLabelsShowIsNotGuessedBefore() async throws {
    try await withProgram { program in
      try SmallExperiment.write(into: program)
      let step = "+schedule={cosine: {interval: step, warmup_steps: 29}}"
      #expect(try await program.run(["check", "small.yaml", step]).code == 0)
      #expect(try await program.run(["small.yaml", step]).code == 0)
      // A frozen normalisation computes with what it has stored, and a last batch of one is no problem.
      let frozen = [
        "small.yaml", "+data.limit.train=81", "model.2=batch_norm1d", "batch_size=9",
        "+freeze=backbone",
      ]
      let outcome = try await program.run(frozen)
      #expect(outcome.code == 0, "\(outcome.error)")
    }
  }

  @Test func damagedData() async throws {
    try await withProgram { program in
      let path = program.path("data/t10k-images-idx3-ubyte")
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      try data.prefix(1000).write(to: URL(fileURLWithPath: path))
      let outcome = try await program.run(["small.yaml"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("t10k-images-idx3-ubyte"))
      #expect(program.runs().isEmpty)
    }
  }

  @Test func aDeviceThatIsNotThere() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["small.yaml", "--device", "cuda:77"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("there is no device 'cuda:77'; this machine has cpu"))
      #expect(outcome.error.contains("device=cuda:77"))
      #expect(program.runs().isEmpty)
    }
  }

  @Test func aRunsFolderThatCannotBeWritten() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["small.yaml", "--runs-dir", "small.yaml/below"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("small.yaml/below"))
    }
  }

  @Test func divergence() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["small.yaml", "optimizer=sgd", "lr=1e30"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("training has diverged"))
      let run = RunDirectory(path: try #require(program.runs().first))
      let info = try run.readInfo()
      #expect(info.status == .failed)
      #expect(info.failure?.contains("diverged") == true)
      #expect(info.ended != nil)
    }
  }

  @Test func aWorkerThatDies() async throws {
    try await withProgram { program in
      let worker = program.path("worker")
      try program.write(
        "#!/bin/sh\n\"\(Program.folder)/runner-worker\" --describe\nread line\nkill -SEGV $$\n",
        to: "worker")
      #expect(chmod(worker, 0o755) == 0)
      program.environment["RUNNER_WORKER"] = worker
      let outcome = try await program.run(["small.yaml"])
      #expect(outcome.code == 70)
      #expect(outcome.error.contains("the worker crashed (signal 11"))
      let run = RunDirectory(path: try #require(program.runs().first))
      #expect(try run.readInfo().status == .failed)

      program.environment["RUNNER_WORKER"] = program.path("nowhere")
      let missing = try await program.run(["small.yaml"])
      #expect(missing.code == 2)
      #expect(missing.error.contains("nowhere"))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func interruption(signal: Int32) async throws {
    try await withProgram { program in
      let outcome = try await program.run(
        ["small.yaml", "epochs=100000"], send: signal, after: "    2/100000")
      #expect(outcome.code == 75)
      let run = RunDirectory(path: try #require(program.runs().first))
      let name = try #require(run.path.split(separator: "/").last)
      #expect(
        outcome.error.hasSuffix("warning: interrupted\n  to resume: runner resume runs/\(name)\n"))
      #expect(try run.readInfo().status == .interrupted)
      #expect(try Checkpoints(run).search().newest != nil)
    }
  }
}
