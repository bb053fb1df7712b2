import ExperimentConfig
import Files
import RunRecord
import Tasks
import Testing

/// Weights of a run that has trained on what is now held out.
@Suite struct WeightLeakageTests {
  private func train(
    _ program: Program, _ name: String, _ words: [String]
  ) async throws -> (
    run: RunDirectory, error: String
  ) {
    let outcome = try await program.run(["small.yaml", "--runs-dir", name, "-q"] + words)
    #expect(outcome.code == 0, "\(outcome.error)")
    return (RunDirectory(path: try #require(program.runs(name).first)), outcome.error)
  }

  private func heldOut(_ run: RunDirectory) throws -> Set<Int> {
    Set(try run.readPredictions()["validation"]?.indices ?? [])
  }

  @Test func anotherSeedHoldsOutWhatWasTrainedOn() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let base = try await train(program, "base", [])
    #expect(try base.run.readInfo().leakage == nil)
    let file = base.run.path + "/weights/last.safetensors"
    let held = try heldOut(base.run)

    // The same split: nothing that is held out now was trained on.
    let clean = try await train(program, "clean", ["+weights={run: \(base.run.path)}", "lr=1e-3"])
    let known = try #require(try clean.run.readInfo().leakage)
    #expect(known.sets.map(\.seen) == [0, 0] && known.sets.map(\.of) == [80, 100])
    #expect(known.unknown == nil)
    #expect(!clean.error.contains("training set of"), "\(clean.error)")

    for (name, weights) in [("run", "{run: \(base.run.path)}"), ("file", "{file: \(file)}")] {
      let next = try await train(program, name, ["+weights=\(weights)", "seed=8"])
      let seen = try heldOut(next.run).subtracting(held).count
      #expect(seen > 40)
      let text = "\(seen) of 80 validation examples were in the training set of"
      #expect(next.error.contains(text), "\(next.error)")
      let info = try next.run.readInfo()
      #expect(info.warnings.contains { $0.contains(text) })
      #expect(
        info.leakage?.sets == [
          .init(set: "validation", seen: seen, of: 80), .init(set: "test", seen: 0, of: 100),
        ])
      let page = String(
        decoding: try FileReading.bytes(of: next.run.file("report.html")), as: UTF8.self)
      #expect(page.contains(text))
    }

    // What the run began with counts as well, although its own split is the same.
    let second = RunDirectory(path: try #require(program.runs("run").first))
    let third = try await train(program, "third", ["+weights={run: \(second.path)}", "seed=8"])
    let all = try #require(try third.run.readInfo().leakage)
    #expect(all.runs.count == 2)
    #expect(try all.sets.first?.seen == heldOut(third.run).subtracting(held).count)
    #expect(third.error.contains("or of the run that this one started from"), "\(third.error)")

    // Only the first 200 examples of it were ever seen.
    let fewer = try await train(program, "fewer", ["data.limit={train: 200}"])
    let trained = try Set(0..<200).subtracting(heldOut(fewer.run))
    let large = try await train(program, "large", ["+weights={run: \(fewer.run.path)}"])
    #expect(
      try large.run.readInfo().leakage?.sets.first?.seen
        == heldOut(large.run).intersection(trained).count)
  }

  @Test func foldsAndSeedsAreCountedOneByOne() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let base = try await train(program, "base", [])
    let held = try heldOut(base.run)
    let words = ["+weights={run: \(base.run.path)}"]
    let folds = try await train(program, "folds", words + ["data.split={folds: 4}"])
    let all = try #require(try folds.run.readInfo().leakage)
    #expect(all.sets.map(\.fold) == [1, 2, 3, 4, nil])
    // Every example is held out once, and all but the base's own were trained on.
    #expect(all.sets.reduce(0) { $0 + $1.seen } == 400 - held.count)
    #expect(folds.error.contains("320 of 400 validation examples (4 folds"), "\(folds.error)")
    let part = try RunDirectory(path: folds.run.file("fold-2")).readInfo()
    #expect(part.leakage?.sets == [all.sets[1], all.sets[4]])

    let seeds = try await train(program, "seeds", words + ["train.seeds=2"])
    let both = try #require(try seeds.run.readInfo().leakage)
    #expect(both.sets.map(\.seed) == [7, 8, nil])
    #expect(both.sets[0].seen == 0 && both.sets[1].seen > 40)

    // A fold as the source: its own held-out examples were not trained on.
    let from = folds.run.file("fold-3")
    let next = try await train(program, "next", ["+weights={run: \(from)}", "seed=8"])
    let fold = try heldOut(RunDirectory(path: from))
    // It began with the base, which trained on most of these.
    let seen = try heldOut(next.run).filter { !fold.contains($0) || !held.contains($0) }.count
    #expect(try next.run.readInfo().leakage?.sets.first?.seen == seen)
  }

  @Test func whatCannotBeKnownIsNotClaimed() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let base = try await train(program, "base", [])
    let bytes = try FileReading.bytes(of: base.run.file("weights/best.safetensors"))
    try AtomicFile.write([bytes], to: program.path("copy.safetensors"))
    let copy = try await train(program, "copy", ["+weights={file: copy.safetensors}", "seed=8"])
    #expect(try copy.run.readInfo().leakage == nil)

    // The same names with other images.
    try SmallExperiment.write(into: program, largestLabel: 2)
    let path = program.path("data/train-images-idx3-ubyte")
    var images = try FileReading.bytes(of: path)
    images[images.count - 1] ^= 1
    try AtomicFile.write([images], to: path)
    let other = try await train(program, "other", ["+weights={run: \(base.run.path)}", "seed=8"])
    let leakage = try #require(try other.run.readInfo().leakage)
    // The test images are the same file; of the training images nobody knows.
    #expect(leakage.sets == [.init(set: "test", seen: 0, of: 100)])
    #expect(leakage.unknown?.contains("trained on different data") == true)
    #expect(!other.error.contains("too optimistic"), "\(other.error)")
  }

  @Test func predictSaysWhatItsModelWasTrainedOn() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let base = try await train(program, "base", [])
    let train = try await program.run(["predict", base.run.path, "--split", "train", "--json"])
    #expect(train.code == 0, "\(train.error)")
    #expect(train.error.contains("320 of 320 examples are among"), "\(train.error)")
    #expect(train.output.contains("\"trained_on\" : 320"), "\(train.output)")
    let test = try await program.run(["predict", base.run.path, "--split", "test", "--json"])
    #expect(!test.error.contains("are among"), "\(test.error)")
    #expect(test.output.contains("\"trained_on\" : 0"), "\(test.output)")
  }
}
