import Foundation
import RunRecord
import Testing

/// Checkpoints that are damaged: an older one is used, or the run begins anew, and says so.
@Suite struct DamageTests {
  private static func flip(_ path: String) throws {
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.startIndex + bytes.count / 2] ^= 4
    try bytes.write(to: URL(filePath: path))
  }

  @Test(arguments: ["state.safetensors", "state.json", "MANIFEST.sha256"])
  func theNewestIsDamaged(file: String) throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let reference = try sandbox.reference(["cnn.yaml"])
    let run = try interruptedRun(sandbox, "cnn")
    let newest = try #require(run.checkpoints().first)
    try Self.flip("\(newest)/\(file)")
    let outcome = try sandbox.run(["resume", run.path])
    #expect(outcome.code == 0, "\(outcome.text)")
    #expect(outcome.text.contains("is damaged; an older one is used"), "\(outcome.text)")
    #expect(try run.text("log.txt").contains("is damaged; an older one is used"))
    #expect(try run.manifest() == reference.manifest)
  }

  @Test func theNewestIsGone() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let reference = try sandbox.reference(["cnn.yaml"])
    let run = try interruptedRun(sandbox, "cnn")
    try FileManager.default.removeItem(atPath: #require(run.checkpoints().first))
    let outcome = try sandbox.run(["resume", run.path])
    #expect(outcome.code == 0, "\(outcome.text)")
    #expect(try run.manifest() == reference.manifest)
  }

  @Test func allAreDamaged() throws {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    let reference = try sandbox.reference(["cnn.yaml"])
    let run = try interruptedRun(sandbox, "cnn")
    for checkpoint in run.checkpoints() { try Self.flip(checkpoint + "/state.safetensors") }
    // Put down on the way: the damaged ones must not be in the way of the new ones.
    let first = try sandbox.run(["resume", run.path, "--until-epoch", "1"])
    #expect(first.code == 75, "\(first.text)")
    #expect(
      first.text.contains("no checkpoint is intact: training starts over"), "\(first.text)")
    #expect(!run.checkpoints().isEmpty)
    let second = try sandbox.run(["resume", run.path])
    #expect(second.code == 0, "\(second.text)")
    #expect(!second.text.contains("damaged"), "\(second.text)")
    #expect(try run.manifest() == reference.manifest)
  }
}
