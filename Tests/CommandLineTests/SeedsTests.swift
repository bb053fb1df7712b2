import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Tasks
import Testing

/// `train.seeds`: several trainings that differ in the seed alone.
@Suite struct SeedsTests {
  private func manifest(_ run: String) throws -> [String] {
    String(decoding: try FileReading.bytes(of: run + "/MANIFEST.sha256"), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  @Test func eachSeedIsTheRunOfThatSeed() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let several = try await program.run(["small.yaml", "train.seeds=3", "--jobs", "2"])
    #expect(several.code == 0, "\(several.error)")
    #expect(several.output.contains("3 seeds, 7 to 9"), "\(several.error)")
    let single = try await program.run(["small.yaml", "seed=8", "--runs-dir", "single"])
    #expect(single.code == 0, "\(single.error)")
    let runs = (try #require(program.runs().first), try #require(program.runs("single").first))
    let own = try manifest(runs.0).filter { $0.contains("  seed-8/") }
      .map { $0.replacing("  seed-8/", with: "  ") }
    #expect(own == (try manifest(runs.1)))
    #expect(own.contains { $0.hasSuffix("weights/best.safetensors") })

    let parts = try (7...9).map { try RunDirectory(path: runs.0 + "/seed-\($0)").readSummary() }
    let all = try RunDirectory(path: runs.0).readSummary()
    #expect(all.seeds?.map(\.seed) == [7, 8, 9])
    #expect(all.folds == nil)
    #expect(all.identity != parts[0].identity)
    for (mean, deviation, values) in [
      (all.validation["loss"], all.validationSD?["loss"], parts.map { $0.validation["loss"] }),
      (all.test["accuracy"], all.testSD?["accuracy"], parts.map { $0.test["accuracy"] }),
    ] {
      let numbers = values.compactMap(\.self)
      let expected = numbers.reduce(0, +) / 3
      let squares = numbers.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
      #expect(abs(try #require(mean) - expected) < 1e-12)
      #expect(abs(try #require(deviation) - (squares / 2).squareRoot()) < 1e-12)
    }
    #expect(Set(parts.map { $0.test["loss"] }).count == 3)

    // Every model's answer to every test example, and its own validation examples.
    let predictions = try RunDirectory(path: runs.0).readPredictions()
    #expect(predictions["test"]?.count == 3 * SmallExperiment.test)
    #expect(Set(predictions["validation"]?.folds ?? []) == [1, 2, 3])
    #expect(Set(try RunDirectory(path: runs.0).readEpochs().map(\.fold)) == [1, 2, 3])

    let show = try await program.run(["show", runs.0])
    #expect(show.output.contains("\n  weights of epoch  "), "\(show.output)")

    try await sameOneAfterAnother(program, runs.0)
    try await asksOneModelOrAll(program, runs.0)
  }

  private func sameOneAfterAnother(_ program: Program, _ run: String) async throws {
    let again = try await program.run(["reproduce", run, "--jobs", "1", "--runs-dir", "again"])
    #expect(again.code == 0, "\(again.error)")
    #expect((again.output + again.error).contains("identical: all"), "\(again.error)")
  }

  private func asksOneModelOrAll(_ program: Program, _ run: String) async throws {
    for (words, code, text) in [
      (["--seed", "8"], Int32(0), "seed 8"), (["--ensemble"], 0, "ensemble of 3 models"),
      ([], 2, "one for each seed"), (["--seed", "10"], 2, "--seed takes 7 to 9"),
      (["--fold", "1"], 2, "there is no fold 1"),
    ] {
      let outcome = try await program.run(["predict", run, "--split", "test"] + words)
      #expect(outcome.code == code, "\(words): \(outcome.error)")
      #expect((outcome.output + outcome.error).contains(text), "\(words): \(outcome.error)")
    }
  }

  @Test func differencesAreHeldAgainstTheSpreadOverSeeds() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    for (folder, override) in [("a", "lr=1e-2"), ("b", "lr=1e-4"), ("c", "seed=8")] {
      let run = try await program.run(
        ["small.yaml", "train.seeds=3", override, "--runs-dir", folder, "--quiet"])
      #expect(run.code == 0, "\(run.error)")
    }
    let (a, b, c) = try (
      #require(program.runs("a").first), #require(program.runs("b").first),
      #require(program.runs("c").first)
    )
    let diff = try await program.run(["diff", a, b])
    #expect(diff.code == 1)
    #expect(diff.output.contains("the same 3 seeds"), "\(diff.error)")
    #expect(diff.output.contains("corrected resampled t"), "\(diff.error)")
    let others = try await program.run(["diff", a, c])
    #expect(
      others.output.contains("the seeds do not match: A starts with 7, B with 8"),
      "\(others.error)")
    let same = try await program.run(["diff", a, a])
    #expect(same.code == 0)
  }

  @Test func foldsAndSeedsContradictEachOther() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let both = try await program.run(["small.yaml", "train.seeds=3", "data.split={folds: 3}"])
    #expect(both.code == 2)
    #expect(both.error.contains("several seeds cannot be combined with folds"), "\(both.error)")
    let large = try await program.run(
      ["small.yaml", "train.seeds=3", "seed=\(Experiment.largestSeed - 1)"])
    #expect(large.code == 2)
    #expect(large.error.contains("the last seed would be larger"), "\(large.error)")
    #expect(program.runs().isEmpty)
  }
}
