import ComparisonFixtures
import Diagnostics
import ExperimentConfig
import Files
import Orchestration
import Planning
import Reporting
import RunRecord
import TestSupport
import Testing

/// Whether a run made again is the run that it repeats.
@Suite struct ReproductionTests {
  private let terminal = Terminal(environment: [:], isTerminal: false, sink: { _ in })

  /// Compares a run with another that `change` made different before its manifest was written.
  private func compare(
    _ change: (inout SyntheticRun) -> Void = { _ in }, losses: [Double] = [3, 2, 1, 0.5],
    extra: String? = nil
  ) throws -> Reproduction {
    let place = try Workplace()
    var synthetic = SyntheticRun()
    // A fold records how many examples there were: 200, and 400 for the test.
    synthetic.fold = 1
    let old = try synthetic.write(place.path, "old")
    try old.write([Self.bytes([3, 2, 1, 0.5])], to: "losses.bin")
    try Manifest.write(for: old)
    change(&synthetic)
    let new = try synthetic.write(place.path, "new")
    try new.write([Self.bytes(losses)], to: "losses.bin")
    if let extra { try new.write("more", to: extra) }
    try Manifest.write(for: new)
    // Two steps an epoch.
    let plan = try place.plan(["batch_size=100"])
    return try Reproduction(old: old, new: new, plan.experiment)
  }

  private static func bytes(_ losses: [Double]) -> [UInt8] {
    losses.flatMap { loss in withUnsafeBytes(of: loss.bitPattern.littleEndian) { Array($0) } }
  }

  @Test func theSameFilesAreIdentical() throws {
    let comparison = try compare()
    #expect(comparison.isSame)
    #expect(comparison.text(terminal).hasPrefix("identical: all "))
    #expect(comparison.text(terminal).hasSuffix(" files of the manifest, byte for byte"))
  }

  @Test func theFirstStepWithAnotherLossIsNamed() throws {
    let comparison = try compare(losses: [3, 2, 1.25, 0.5])
    #expect(!comparison.isSame)
    let text = comparison.text(terminal)
    #expect(text.hasPrefix("not the same: 1 files of the manifest differ\n  losses.bin\n"))
    #expect(text.hasSuffix("the losses differ from epoch 2, step 1: 1.0, now 1.25"), "\(text)")
  }

  @Test func aTrainingThatEndedEarlierDiffersAtItsEnd() throws {
    let text = try compare(losses: [3, 2, 1]).text(terminal)
    #expect(text.contains("epoch 2, step 2: 0.5, now nan"), "\(text)")
  }

  @Test func otherFilesAfterTheSameLossesAreNotOfTheTraining() throws {
    let comparison = try compare({ $0.weightScale = 2 }, extra: "note.txt")
    #expect(!comparison.isSame)
    let text = comparison.text(terminal)
    #expect(text.contains("  note.txt\n  weights/best.safetensors\n"), "\(text)")
    #expect(text.hasSuffix("the difference arises after the training"))
  }

  @Test func onAnotherMachineTheScoresDecide() throws {
    let near = try compare({
      $0.cpu = "another"
      $0.luck = 2
    })
    #expect(near.isSame)
    let text = near.text(terminal)
    #expect(text.hasPrefix("not comparable bit for bit: processor a processor, now another\n"))
    #expect(text.contains("within tolerance"))
    let far = try compare({
      $0.cpu = "another"
      $0.testSkill = 0.5
    })
    #expect(!far.isSame)
    #expect(far.text(terminal).contains("beyond the tolerance"))
    #expect(far.text(terminal).contains("test accuracy !"))
  }

  // MARK: The run that is repeated

  private func reproduce(_ run: RunDirectory, _ place: Workplace) async throws -> Diagnostic? {
    let session = ReproductionSession(
      run.path, runsDirectory: place.path + "/runs", try place.context(worker: "exit 3"))
    return await refusal { _ = try await session.run() }
  }

  @Test func oneThatHasNotFinishedIsRefused() async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    let problem = try await reproduce(run, place)
    #expect(problem?.message == "'\(run.path)' has not finished")
    #expect(problem?.hint == "runner resume \(run.path)")
  }

  @Test(arguments: ["weights/best.safetensors", "resolved.yaml", "MANIFEST.sha256"])
  func oneWithEditedFilesIsRefused(_ file: String) async throws {
    let place = try Workplace()
    let run = try await place.prepare(place.plan())
    try place.finish(run)
    let text = String(decoding: try run.bytes(of: file), as: UTF8.self)
    try run.write(
      file == "resolved.yaml" ? text.replacing("epochs: 3", with: "epochs: 4") : text + "x",
      to: file)
    let problem = try await reproduce(run, place)
    #expect(problem?.message.contains(file) == true, "\(problem?.message ?? "accepted")")
  }
}
