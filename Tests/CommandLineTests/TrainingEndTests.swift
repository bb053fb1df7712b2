import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// Why a training ended, runs without validation examples, and monitored results without a value.
@Suite struct TrainingEndTests {
  private func summary(_ program: Program) throws -> RunSummary {
    try RunDirectory(path: try #require(program.runs().last)).readSummary()
  }

  @Test func earlyStoppingIsRecordedAndSaid() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let run = try await program.run([
      "small.yaml", "epochs=9",
      "+train.early_stopping={monitor: f1, patience: 2, min_delta: 2}",
    ])
    #expect(run.code == 0, "\(run.error)")
    #expect(run.output.contains("early stopping after epoch 3 of 9"), "\(run.output)")
    let end = try summary(program).end
    #expect(end?.reason == .earlyStopping && end?.stopping?.monitor == "f1_macro")
    let shown = try await program.run(["show", "latest"])
    #expect((shown.output + shown.error).contains("early stopping after epoch 3 of 9"))
    let examples = try #require(try summary(program).examples)
    #expect(examples.trainSample == 320)
    #expect(try summary(program).trainSample?["accuracy"] != nil)
  }

  @Test func everythingCanBeTrainedOn() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    for seed in ["1", "2"] {
      let run = try await program.run(["small.yaml", "data.split={validation: 0}", "seed=\(seed)"])
      #expect(run.code == 0, "\(run.error)")
      #expect(run.error.contains("no validation examples: the last epoch is used"))
    }
    let summary = try summary(program)
    #expect(summary.validation.isEmpty && summary.bestEpoch == 3)
    #expect(summary.examples?.train == 400 && summary.examples?.validation == 0)
    #expect(summary.test["accuracy"] != nil && summary.intervals?["validation"] == nil)
    for words in [
      ["show", "latest"], ["show", "latest", "--json"], ["list"], ["list", "--json"],
      ["report", "latest"], ["predict", "latest", "--split", "test"],
    ] {
      let outcome = try await program.run(words)
      #expect(outcome.code == 0, "\(words): \(outcome.error)")
    }
    let runs = program.runs()
    #expect(try await program.run(["diff", runs[0], runs[1]]).code < 2)
    #expect(try await program.run(["compare"] + runs).code == 0)
    let again = try await program.run(["reproduce", runs[0], "--runs-dir", "again"])
    #expect(again.code == 0, "\(again.error)")
    let sweep = try await program.run([
      "sweep", "small.yaml", "data.split={validation: 0}", "lr=[1e-2,1e-3]",
    ])
    #expect(sweep.code == 2 && sweep.error.contains("has no validation examples"), "\(sweep.error)")
  }

  @Test func aMonitorThatIsNeverDefinedIsAnErrorWithItsPlace() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try program.write(
      SmallExperiment.yaml.replacing(
        "[accuracy, f1, confusion_matrix]", with: "[accuracy, roc_auc]"
      )
      .replacing(
        "train: {epochs: 3}",
        with: """
          train:
            epochs: 5
            early_stopping: {monitor: roc_auc, patience: 2}
          """), to: "auc.yaml")
    let run = try await program.run([
      "auc.yaml", "data.limit={train: 5}", "data.split={validation: 0.2, stratified: false}",
    ])
    // One validation example has one class, of which there is no ROC curve.
    #expect(run.code == 2)
    #expect(run.error.contains("early stopping has nothing to monitor"), "\(run.error)")
    #expect(run.error.contains("resolved.yaml:"), "\(run.error)")
  }

  @Test func aScheduleThatIsTooShortIsWarnedOf() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let check = try await program.run(["check", "small.yaml", "epochs=50", "schedule={cosine: 10}"])
    #expect(check.code == 0)
    #expect(check.error.contains("'cosine' reaches its minimum after 10 epochs"), "\(check.error)")
    let refused = try await program.run([
      "check", "small.yaml", "+train.early_stopping={monitor: accuracy, mode: min}",
    ])
    #expect(refused.code == 2 && refused.error.contains("are better: with mode: min"))
  }
}
