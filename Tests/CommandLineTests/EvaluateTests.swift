import Files
import FoundationEssentials
import RunRecord
import Testing

/// `runner evaluate EXPERIMENT.yaml weights=FILE`.
@Suite struct EvaluateTests {
  private func withProgram(_ body: (Program) async throws -> Void) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try await body(program)
  }

  @Test func scoresAreThoseOfTheRunThatTrainedTheWeights() async throws {
    try await withProgram { program in
      let trained = try await program.run(["small.yaml", "--runs-dir", "trained"])
      #expect(trained.code == 0, "\(trained.error)")
      let first = try RunReference.resolve("latest", in: program.path("trained"))
      // Settings of how to train have no meaning here, even if they contradict zero epochs.
      let outcome = try await program.run([
        "evaluate", "small.yaml", "weights=\(first.path)/weights/best.safetensors",
        "+schedule.cosine.warmup_epochs=2", "+train.swa.start_epoch=2",
      ])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.error.contains("not trained") || outcome.output.contains("not trained"))
      let second = try RunReference.resolve("latest", in: program.path("runs"))
      let (a, b) = (try first.readSummary(), try second.readSummary())
      #expect(b.epochs == 0)
      #expect(b.bestEpoch == nil)
      #expect(a.test == b.test)
      #expect(a.validation == b.validation)
      #expect(try second.readEpochs().isEmpty)
      #expect(
        try FileReading.bytes(of: first.file("predictions.csv"))
          == FileReading.bytes(of: second.file("predictions.csv")))
      let page = String(
        decoding: try FileReading.bytes(of: second.file("report.html")), as: UTF8.self)
      #expect(!page.contains("Underfit") && !page.contains("first thing to try"))
      let reproduced = try await program.run(["reproduce", "latest"])
      #expect(reproduced.code == 0, "\(reproduced.error)")
    }
  }

  @Test func weightsMustBeNamed() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["evaluate", "small.yaml"])
      #expect(outcome.code == 2)
      #expect(outcome.error.contains("the experiment names no weights to be scored"))
      #expect(outcome.error.contains("weights=FILE"))
      #expect(!FileManager.default.fileExists(atPath: program.path("runs")))
    }
  }
}
