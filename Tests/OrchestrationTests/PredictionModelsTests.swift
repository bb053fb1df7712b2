import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Planning
import RunRecord
import Tasks
import Testing
import WorkerProtocol

/// Which models of a run are asked.
@Suite struct PredictionModelsTests {
  private func finished(_ place: Workplace, _ overrides: [String] = []) async throws -> RunDirectory
  {
    let run = try await place.prepare(place.plan(overrides))
    try place.finish(run)
    return run
  }

  private func names(_ models: PredictionModels) -> [String] {
    models.members.map { RunDirectory(path: $0.directory).name }
  }

  @Test func aRunOfOneTrainingHasOneModel() async throws {
    let place = try Workplace()
    let run = try await finished(place)
    let models = try PredictionModels(run, weights: "best", part: .any, split: .test)
    #expect(names(models) == [run.name])
    #expect(models.members[0].weights == run.file("weights/best.safetensors"))
    #expect(models.layout.outputs.count == 4 && models.part == 0 && models.partName == nil)
    for (choice, option) in [
      (PredictionModels.Choice.all, "--ensemble"), (.fold(1), "--fold"), (.seed(7), "--seed"),
    ] {
      let problem = await refusal {
        _ = try PredictionModels(run, weights: "best", part: choice, split: nil)
      }
      #expect(
        problem?.message.hasSuffix("has neither folds nor several seeds: it has one model") == true)
      #expect(problem?.hint == "remove \(option)")
    }
  }

  @Test func foldsAnswerTogetherForTestsAndEachForWhatItHeldOut() async throws {
    let place = try Workplace()
    let run = try await finished(place, ["data.split={folds: 3}"])
    let all = ["fold-1", "fold-2", "fold-3"]
    let test = try PredictionModels(run, weights: "best", part: .any, split: .test)
    #expect(names(test) == all && test.method == .ensemble)
    let validation = try PredictionModels(run, weights: "best", part: .any, split: .validation)
    #expect(names(validation) == all && validation.method == .outOfFold)
    #expect(validation.member(ofFold: 2)?.directory == run.file("fold-2"))
    #expect(validation.member(ofFold: 4) == nil)
    let one = try PredictionModels(run, weights: "best", part: .fold(2), split: .validation)
    #expect(names(one) == ["fold-2"] && one.part == 2 && one.partName == "fold-2")
    #expect(one.method == .ensemble && one.directory.name == "fold-2")
    let averaged = try PredictionModels(run, weights: "best", part: .all, split: nil)
    #expect(names(averaged) == all && averaged.method == .ensemble)
  }

  @Test(arguments: [
    (
      PredictionModels.Choice.any, nil, "has 3 models, one for each fold",
      "--ensemble averages them, --fold N selects one"
    ),
    (
      .all, PredictionRequest.Examples.Split.validation, "cannot predict validation examples",
      "without --ensemble each example is predicted by the model that did not train on it"
    ),
    (.fold(4), .test, "there is no fold 4: the run", "--fold takes 1 to 3"),
  ])
  func aChoiceThatFoldsDoNotHaveIsRefused(
    _ choice: PredictionModels.Choice, _ split: PredictionRequest.Examples.Split?,
    _ message: String, _ hint: String
  ) async throws {
    let place = try Workplace()
    let run = try await finished(place, ["data.split={folds: 3}"])
    let problem = await refusal {
      _ = try PredictionModels(run, weights: "best", part: choice, split: split)
    }
    #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "accepted")")
    #expect(problem?.hint == hint)
  }

  @Test func seedsAreNamedByTheirNumber() async throws {
    let place = try Workplace()
    let run = try await finished(place, ["train.seeds=2"])
    let one = try PredictionModels(run, weights: "best", part: .seed(8), split: .test)
    #expect(names(one) == ["seed-8"] && one.part == 2)
    #expect(one.plan.experiment.seed == 8)
    let problem = await refusal {
      _ = try PredictionModels(run, weights: "best", part: .seed(3), split: .test)
    }
    #expect(problem?.hint == "--seed takes 7 to 8")
  }

  @Test func weightsThatTheRunDidNotWriteAreRefused() async throws {
    let place = try Workplace()
    let run = try await finished(place, ["train.seeds=2"])
    let part = RunParts.all(of: run)[0]
    try part.write("others", to: "weights/best.safetensors")
    let damaged = await refusal {
      _ = try PredictionModels(run, weights: "best", part: .all, split: nil)
    }
    #expect(damaged?.message.contains("is damaged: it does not match what the run wrote") == true)
    let missing = await refusal {
      _ = try PredictionModels(run, weights: "last", part: .all, split: nil)
    }
    #expect(missing?.message == "the run '\(part.path)' no longer has weights/last.safetensors")
  }

  @Test func aRunWithoutAModelIsRefused() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    func ask() async -> Diagnostic? {
      await refusal { _ = try PredictionModels(run, weights: "best", part: .any, split: nil) }
    }
    let unfinished = await ask()
    #expect(unfinished?.message.contains("has not finished") == true)
    #expect(unfinished?.hint?.hasPrefix("'runner resume \(run.path)' continues it") == true)
    var info = try run.readInfo()
    (info.status, info.failure) = (.failed, "the loss is NaN")
    try run.write(json: info, to: "run.json")
    let failed = await ask()
    #expect(failed?.message.hasSuffix("so it has no model: the loss is NaN") == true)
  }
}
