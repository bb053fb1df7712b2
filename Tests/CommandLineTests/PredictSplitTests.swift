import Datasets
import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// `runner predict RUN --split …` asks about exactly the examples that the run used.
@Suite struct PredictSplitTests {
  private struct Answer: Decodable {
    let examples: Int
    let metrics: [String: Double]
    let warnings: [String]
    let trainedOn: Int?

    enum CodingKeys: String, CodingKey {
      case examples, metrics, warnings
      case trainedOn = "trained_on"
    }
  }

  private func ask(_ program: Program, _ arguments: [String]) async throws -> Answer {
    let outcome = try await program.run(["predict", "latest", "--json"] + arguments)
    #expect(outcome.code == 0, "\(outcome.error)")
    return try JSONText.decode(Answer.self, from: Array(outcome.output.utf8))
  }

  private func expect(
    _ answer: Answer, is expected: [String: Double], _ examples: Int?,
    _ comment: String = ""
  ) {
    #expect(answer.examples == examples, "\(comment)")
    for (key, value) in expected where answer.metrics[key] != nil {
      #expect(abs((answer.metrics[key] ?? .nan) - value) < 1e-6, "\(comment) \(key)")
    }
    #expect(answer.metrics["accuracy"] != nil)
  }

  @Test func limitsAndTheSplitAreTheRuns() async throws {
    try await FinishedRun.with(["data.limit={train: 200, test: 30}"]) { program, run in
      let summary = try run.readSummary()
      expect(try await ask(program, ["--split", "test"]), is: summary.test, 30)
      expect(
        try await ask(program, ["--split", "validation"]), is: summary.validation,
        summary.examples?.validation)
      #expect(try await ask(program, ["--split", "train"]).examples == summary.examples?.train)
      // Files that are named are taken whole, be they the run's own, and more where a person asks for more.
      let named = ["--dataset", "idx", "--folder", "data", "--split"]
      #expect(try await ask(program, named + ["test"]).examples == 100)
      let train = try await ask(program, named + ["train"])
      #expect(train.examples == 400)
      #expect(train.trainedOn == summary.examples?.train)
      #expect(try await ask(program, ["--split", "test", "--limit", "100"]).examples == 100)
      #expect(try await ask(program, ["--split", "validation", "--limit", "7"]).examples == 7)
    }
  }

  @Test func foldsAnswerTogetherAndForWhatTheyHeldOut() async throws {
    try await FinishedRun.with(["split={folds: 3}", "epochs=2"]) { program, run in
      let summary = try run.readSummary()
      expect(try await ask(program, ["--split", "test"]), is: summary.test, 100)
      let held = try await ask(program, ["--split", "validation"])
      expect(held, is: try #require(summary.pooled), 400)
      #expect(held.trainedOn == 0)
      let fold = try RunDirectory(path: run.file("fold-2")).readSummary()
      for split in ["validation", "test"] {
        expect(
          try await ask(program, ["--split", split, "--fold", "2"]),
          is: split == "test" ? fold.test : fold.validation,
          split == "test" ? 100 : fold.examples?.validation, split)
      }
      let mixed = try await program.run([
        "predict", "latest", "--split", "validation", "--ensemble",
      ])
      #expect(mixed.code == 2)
      #expect(mixed.error.contains("--ensemble cannot predict validation examples"))
    }
  }

  @Test func eachSeedHasItsOwnSplit() async throws {
    try await FinishedRun.with(["train.seeds=2", "epochs=1"]) { program, run in
      for seed in ["7", "8"] {
        let summary = try RunDirectory(path: run.file("seed-" + seed)).readSummary()
        expect(
          try await ask(program, ["--split", "validation", "--seed", seed]),
          is: summary.validation, summary.examples?.validation)
        expect(try await ask(program, ["--split", "test", "--seed", seed]), is: summary.test, 100)
      }
    }
  }

  @Test func argumentsThatAreNotUTF8AreRefused() async throws {
    try await FinishedRun.with(["epochs=1"]) { program, _ in
      try program.write(
        "exec \"$1\" small.yaml -q --runs-dir \"$(printf 'caf\\351')\"\n", to: "call.sh")
      let outcome = try await program.run(
        ["call.sh", Program.folder + "/runner"], executable: "/bin/sh")
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("the argument 'caf\\xE9' is not UTF-8"), "\(outcome.error)")
      #expect(program.runs("caf\u{FFFD}").isEmpty)
    }
  }
}
