import Diagnostics
import Files
import FoundationEssentials
import Orchestration
import Planning
import RunRecord
import Testing

/// Data of a run that have moved.
@Suite struct RelocationTests {
  private func relocate(_ place: Workplace, _ run: RunDirectory, to folder: String) async throws {
    let changes = try ResumeChanges(run, ["folder=\(place.path)/\(folder)"])
    try await Relocation(changes, try place.context()).record(in: run)
  }

  @Test(arguments: [[], ["train.seeds=2"], ["data.split={folds: 2}"]])
  func theNewPlaceIsRecordedInEveryPart(_ overrides: [String]) async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan(overrides))
    try FileManager.default.moveItem(
      atPath: place.path + "/data", toPath: place.path + "/moved")
    try await relocate(place, run, to: "moved")
    let parts = RunParts.all(of: run)
    #expect(parts.count == (overrides.isEmpty ? 0 : 2))
    for directory in [run] + parts {
      let info = try directory.readInfo()
      #expect(!info.dataset.files.isEmpty)
      #expect(info.dataset.files.allSatisfy { $0.path.hasPrefix(place.path + "/moved/") })
      let text = String(decoding: try directory.bytes(of: "resolved.yaml"), as: UTF8.self)
      #expect(text.contains("\(place.path)/moved"), "\(directory.name)")
    }
    // Still the run that was started.
    try RunVerification.check(run)
  }

  @Test func otherDataAreRefusedAtTheArgument() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    try place.writeData("other", brightness: 7)
    let before = try run.bytes(of: "run.json")
    let found = await refusal { try await relocate(place, run, to: "other") }
    let problem = try #require(found)
    #expect(problem.message == "this data differs from the data that the run started with")
    #expect(problem.range?.file.kind == .commandLine)
    // The labels are the same.
    #expect(problem.notes.count == 2)
    #expect(
      problem.notes.allSatisfy { $0.message.contains("images-idx3-ubyte differ from those of") })
    #expect(try run.bytes(of: "run.json") == before)
  }

  @Test func dataThatAreNotThereAreRefusedAtTheArgument() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let found = await refusal { try await relocate(place, run, to: "nowhere") }
    let problem = try #require(found)
    #expect(problem.message.contains("nowhere"))
    #expect(problem.range?.file.kind == .commandLine)
  }
}
