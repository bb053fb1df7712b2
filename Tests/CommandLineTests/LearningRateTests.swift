import ExperimentConfig
import FoundationEssentials
import RunRecord
import Testing

/// `runner sweep --strategy lr_range`.
@Suite struct LearningRateTests {
  private static func program() throws -> Program {
    let program = try Program()
    try SmallExperiment.write(into: program)
    return program
  }

  private static let command = [
    "sweep", "small.yaml", "optimizer={sgd: 0.1}", "--strategy", "lr_range", "--min-lr", "1e-4",
    "--max-lr", "1e4", "--steps", "80",
  ]

  @Test func findsALearningRateAndDrawsTheCurve() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let result = try await program.run(Self.command)
    #expect(result.code == 0, "\(result.text)")
    #expect(result.output.contains("suggested learning rate: "))
    #expect(result.output.contains("the loss diverged after step"))
    let folders = try FileManager.default.contentsOfDirectory(atPath: program.path("runs"))
    #expect(folders.count == 1 && folders[0].hasPrefix("small-lr_range-"))
    let folder = program.path("runs/\(folders[0])")
    #expect(result.output.contains(folders[0]))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/lr_range.json"))
    let test = try JSONText.decode(RateTest.self, from: Array(bytes))
    try test.check()
    let rate = try #require(test.suggestion)
    #expect(rate > 1e-3 && rate < 100)
    #expect(test.diverged && test.rates.count < 80)
    if FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot") {
      for name in ["lr_range.svg", "lr_range.png"] {
        #expect(FileManager.default.fileExists(atPath: folder + "/plots/" + name))
      }
    }
    // It is no run, and the test set was not read.
    #expect(program.runs() == [] || !FileManager.default.fileExists(atPath: folder + "/run.json"))
    let list = try await program.run(["list"])
    #expect(!list.output.contains("lr_range"))
  }

  @Test func theAnswerIsTheSameEveryTimeAndJSON() async throws {
    let program = try Self.program()
    defer { program.remove() }
    struct Answer: Decodable, Equatable {
      let suggestion: Double?
      let diverged: Bool
      let steps: Int
    }
    var answers: [Answer] = []
    for _ in 0..<2 {
      let result = try await program.run(Self.command + ["--json"])
      #expect(result.code == 0, "\(result.text)")
      answers.append(try JSONText.decode(Answer.self, from: Array(result.output.utf8)))
    }
    #expect(answers[0] == answers[1])
    #expect(answers[0].diverged && answers[0].suggestion != nil)
  }

  @Test(arguments: [
    (["--strategy", "lr_range", "--jobs", "2"], 2, "--jobs is for trials"),
    (["--strategy", "lr_range", "--max-trials", "2"], 2, "--max-trials is for trials"),
    (
      ["--strategy", "lr_range", "--min-lr", "1", "--max-lr", "0.1"], 64, "--min-lr must be above 0"
    ),
    (["--strategy", "lr_range", "--steps", "3"], 64, "--steps must be between"),
    (["lr=[1e-3,1e-2]", "--min-lr", "1"], 64, "are for --strategy lr_range"),
    (["data.split={folds: 3}", "--strategy", "lr_range"], 2, "the experiment has 3 folds"),
    (["nonsense=1", "--strategy", "lr_range"], 2, "nonsense"),
  ])
  func wrongUseIsRefused(arguments: [String], code: Int32, words: String) async throws {
    let program = try Self.program()
    defer { program.remove() }
    let result = try await program.run(["sweep", "small.yaml"] + arguments)
    #expect(result.code == code, "\(result.text)")
    #expect(result.error.contains(words), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: program.path("runs")))
  }

  @Test func anExperimentHasToBeNamed() async throws {
    let program = try Self.program()
    defer { program.remove() }
    let result = try await program.run(["sweep", "--strategy", "lr_range"])
    #expect(result.code == 2)
    #expect(result.error.contains("'lr_range' needs an experiment file"))
  }
}
