import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Orchestration
import Planning
import RunRecord
import Testing
import WorkerProtocol

/// From an experiment to a run directory.
@Suite struct PreparationTests {
  @Test func aMistypedCommandIsNoMissingFile() async throws {
    let problem = await refusal {
      let request = ExperimentRequest(
        "chek", overrides: [], commands: ["run", "check"], environment: [:])
      _ = try request.plan()
    }
    #expect(problem?.message == "'chek' is neither an experiment file nor a command")
    #expect(problem?.hint?.contains("check") == true)
  }

  @Test func aWrongFileIsRefusedWithEverythingThatIsWrong() async throws {
    let place = try Workplace()
    let text = place.experiment.replacing("epochs: 3", with: "epochs: many")
      .replacing("{linear: 4}", with: "{linaer: 4}")
    do {
      _ = try place.plan(experiment: text)
      Issue.record("it was accepted")
    } catch let error as InputError {
      #expect(error.diagnostics.count == 2, "\(error)")
      #expect(error.diagnostics.allSatisfy { $0.range?.file.name.hasSuffix("small.yaml") == true })
      #expect(error.diagnostics.contains { $0.hint?.contains("linear") == true })
      #expect(CommandFailure(error)?.status == 2)
    }
  }

  @Test func aPreparedRunIsWhatWasAskedFor() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan(["epochs=2"]))
    let info = try run.readInfo()
    #expect(info.status == .queued)
    #expect(info.seed == 7 && info.name == "small" && info.device == "cpu")
    #expect(info.versions.libtorch == Workplace.engine.libtorch)
    #expect(info.dataset.files.count == 4)
    #expect(run.name.hasSuffix(info.identity.prefix(6)))
    #expect(try run.bytes(of: "experiment.yaml") == Array(place.experiment.utf8))
    try RunVerification.check(run)
    let plan = try RecordedEnvironment.plan(of: run, processors: 1, needsWeights: true)
    #expect(plan.experiment.epochs == 2)
  }

  @Test func aSeedIsWhatARunOfThisSeedAloneWouldBe() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan(["train.seeds=2"]))
    let parts = RunParts.all(of: run)
    #expect(parts.map(\.name) == ["seed-7", "seed-8"])
    for (part, seed) in zip(parts, [7, 8]) {
      let alone = try await place.prepare(place.plan(["seed=\(seed)"]))
      #expect(try part.readInfo().identity == alone.readInfo().identity)
    }
    #expect(try parts[0].readInfo().identity != run.readInfo().identity)
  }

  @Test func aDeviceThatIsNotThereIsRefusedUnlessAnotherMachineComputes() async throws {
    let place = try Workplace()
    let plan = try place.plan(["device=cuda"])
    let problem = await refusal { _ = try await place.prepare(plan) }
    #expect(problem?.message == "there is no device 'cuda'; this machine has cpu")
    #expect(problem?.range?.file.text == "device=cuda")
    #expect(!RunCatalog.isFolder(place.path + "/runs"))
    var preparation = try RunPreparation(
      plan, experimentPath: place.path + "/small.yaml", try place.context())
    preparation.isElsewhere = true
    let inputs = try await preparation.acquireInputs()
    let run = try preparation.prepare(inputs, Workplace.engine) { identity in
      try RunDirectory.create(in: place.path + "/runs", name: "small", identity: identity)
    }
    #expect(try run.readInfo().device == "cuda:0")
  }

  @Test func aDirectoryThatCannotBeFilledIsRemoved() async throws {
    let place = try Workplace()
    let preparation = try RunPreparation(
      place.plan(), experimentPath: place.path + "/small.yaml", try place.context())
    let inputs = try await preparation.acquireInputs()
    #expect(throws: FileError.self) {
      try preparation.prepare(inputs, Workplace.engine) { identity in
        let run = try RunDirectory.create(
          in: place.path + "/runs", name: "small", identity: identity)
        // In the way of the file.
        try FileManager.default.createDirectory(
          atPath: run.file("resolved.yaml"), withIntermediateDirectories: false)
        return run
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/runs").isEmpty)
  }

  @Test func whatAPersonInterruptedIsNoReasonToTakeOtherData() async throws {
    let place = try Workplace()
    let plan = try place.plan(
      experiment: """
        name: small
        data: {dataset: mnist, fallback: digits}
        model: [flatten, {linear: 10}]

        """)
    let context = try place.context()
    var preparation = try RunPreparation(
      plan, experimentPath: place.path + "/small.yaml", context)
    preparation.isInterrupted = { true }
    do {
      _ = try await preparation.acquireInputs()
      Issue.record("it went on")
    } catch let exit as QuietExit {
      #expect(exit.status == ExitStatus.interrupted)
    }
    #expect(context.recordedWarnings.isEmpty)
  }

  @Test func editedFilesOfARunAreNotTakenAgain() async throws {
    let place = try Workplace()
    let plan = try place.plan()
    let run = try await place.prepare(plan)
    let info = try run.readInfo()
    let preparation = try RunPreparation(
      plan, experimentPath: run.file("experiment.yaml"), try place.context())
    // Files that moved away: what is found in their place has to be the same.
    try FileManager.default.moveItem(
      atPath: place.path + "/data", toPath: place.path + "/away")
    try place.writeData("data", brightness: 7)
    var moved = info
    for index in moved.dataset.files.indices { moved.dataset.files[index].path += ".gone" }
    let problem = await refusal { _ = try await preparation.acquireInputs(moved) }
    #expect(problem?.message.hasPrefix("the data that the run used ('idx')") == true)
    let record = RecordedEnvironment(info: info, of: run)
    let differences = record.dataDifferences(needsWeights: false)
    #expect(differences.count == 2, "\(differences)")
    #expect(
      differences.allSatisfy {
        $0.text.hasPrefix("the contents of ") && $0.text.hasSuffix(" have changed")
      })
    let refused = await refusal { try record.refuse(differences, unless: [.program]) }
    #expect(refused?.hint == "to resume anyway: --allow data")
    #expect(refused?.notes.count == 2)
    try record.refuse(differences, unless: [.data])
  }
}
