import Diagnostics
import ExperimentConfig
import Files
import Orchestration
import Planning
import RunRecord
import Testing

/// Which `key=value` arguments continue a run, and which would make another one of it.
@Suite struct ResumeChangesTests {
  @Test func anotherNumberOfEpochsContinuesTheRun() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let changes = try ResumeChanges(run, ["epochs=5"])
    #expect(changes.changesEpochs)
    #expect(changes.moves.isEmpty)
    #expect(changes.recorded.experiment.epochs == 3)
    #expect(changes.plan.experiment.epochs == 5)
    // One line of the file is another one.
    let before = String(decoding: try run.bytes(of: "resolved.yaml"), as: UTF8.self)
    let lines = zip(before.split(separator: "\n"), changes.resolvedText.split(separator: "\n"))
    let changed = lines.filter { $0 != $1 }.map(\.1)
    #expect(changed.count == 1 && changed[0].contains("epochs: 5"), "\(changed)")
  }

  @Test func theRecordedNumberOfEpochsChangesNothing() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let changes = try ResumeChanges(run, ["epochs=3"])
    #expect(!changes.changesEpochs && changes.moves.isEmpty)
    #expect(
      try Array(changes.resolvedText.utf8) == run.bytes(of: "resolved.yaml"))
  }

  @Test(arguments: [
    ("lr=0.5", "optimizer.adam.lr"), ("name=other", "name"), ("seed=8", "seed"),
    ("batch_size=8", "data.batch_size"), ("train.max_steps=4", "train.max_steps"),
    ("model=[flatten, {linear: 8}, {linear: 4}]", "model"), ("metrics=[f1]", "metrics"),
  ])
  func anythingElseIsAnotherRun(_ argument: String, _ key: String) async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let found = await refusal { _ = try ResumeChanges(run, ["epochs=5", argument]) }
    let problem = try #require(found)
    #expect(problem.message.hasPrefix("a run cannot be resumed with a different '\(key)"))
    #expect(problem.hint?.contains("only train.epochs can be changed") == true)
    #expect(problem.range?.file.kind == .commandLine, "\(problem)")
    #expect(problem.range?.file.text == argument)
  }

  @Test func aPathSaysWhereDataLieThatHaveMoved() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let changes = try ResumeChanges(run, ["folder=/elsewhere"])
    #expect(changes.moves.map(\.old.key) == ["data.dataset.idx.folder"])
    #expect(changes.moves.map(\.old.path) == ["\(place.path)/data"])
    #expect(changes.moves.map(\.new.path) == ["/elsewhere"])
    #expect(changes.movesDataset && !changes.movesWeights && !changes.changesEpochs)
    #expect(changes.resolvedText.contains("/elsewhere"))
    #expect(!changes.resolvedText.contains("\(place.path)/data"))
  }

  @Test func anAmbiguousPathIsRefusedWithWhatItCouldBe() async throws {
    let place = try Workplace()
    let text = place.experiment.replacing(
      "  batch_size",
      with: "  fallback:\n    idx: {folder: other, classes: 4, height: 4, width: 4}\n  batch_size")
    let run = try await place.prepare(place.plan(experiment: text))
    let problem = await refusal { _ = try ResumeChanges(run, ["folder=/elsewhere"]) }
    #expect(problem?.message == "'folder' is ambiguous")
    #expect(
      problem?.hint == "it could be data.dataset.idx.folder, data.fallback.idx.folder",
      "\(problem?.hint ?? "")")
  }
}
