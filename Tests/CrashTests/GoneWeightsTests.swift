import Foundation
import Glibc
import RunRecord
import Testing

/// A run that began with weights from elsewhere goes on although they have gone: its checkpoints have
/// them.
@Suite struct GoneWeightsTests {
  private static let long = [
    "train.epochs=24", "train.early_stopping.patience=24", "train.checkpoint.every=1000s",
  ]

  /// A sandbox with the run that the weights come from.
  private func prepared() throws -> (Sandbox, source: RunDirectory) {
    let sandbox = try Sandbox()
    try Experiments.write(into: sandbox)
    return (sandbox, try sandbox.reference(["cnn.yaml", "train.epochs=1"]).run)
  }

  /// Interrupts a run after its second epoch; of folds, which are shown by epochs one after the other only, after that
  /// of the first.
  private func interrupted(_ sandbox: Sandbox, _ arguments: [String]) throws -> RunDirectory {
    let process = try sandbox.start(arguments + ["--jobs", "1"])
    #expect(process.waitFor(" 2/24"), "\(process.textSoFar)")
    process.send(SIGINT)
    #expect(process.wait().code == 75)
    return try #require(sandbox.runs().last)
  }

  @Test(arguments: [
    // Everything is trained, a part of it, and a part of it whose output is kept.
    [], ["+freeze=['0', '1']"], ["+freeze=['0', '1']", "data.transforms=[to_tensor]"],
    ["+freeze=['0', '1']", "~train.early_stopping", "~schedule", "+data.split.folds=3"],
  ])
  func ofARun(_ more: [String]) throws {
    let (sandbox, source) = try prepared()
    let long = more.contains("~train.early_stopping") ? [Self.long[0], Self.long[2]] : Self.long
    let arguments = ["cnn.yaml", "+weights={run: \(source.path)}"] + long + more
    let reference = try sandbox.reference(arguments)
    let run = try interrupted(sandbox, arguments)
    let folds = run.has("fold-1")
    if folds, !run.has("fold-3/checkpoints") {
      // A fold that has not begun still needs them.
      try FileManager.default.moveItem(atPath: source.path, toPath: source.path + "-moved")
      let refused = try sandbox.run(["resume", "latest"])
      #expect(refused.code == 2)
      #expect(refused.text.contains("no checkpoint contains them yet"), "\(refused.text)")
      try FileManager.default.moveItem(atPath: source.path + "-moved", toPath: source.path)
    } else {
      try FileManager.default.removeItem(atPath: source.path)
    }
    if FileManager.default.fileExists(atPath: sandbox.path("cache/features")) {
      try FileManager.default.removeItem(atPath: sandbox.path("cache/features"))
    }
    let resumed = try sandbox.run(["resume", "latest"])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == reference.manifest)
    #expect(!run.has("checkpoints"))
  }

  @Test func ofAFile() throws {
    let (sandbox, source) = try prepared()
    let file = sandbox.path("start.safetensors")
    try FileManager.default.copyItem(
      atPath: source.file("weights/best.safetensors"), toPath: file)
    let arguments = ["cnn.yaml", "+weights=\(file)", "+freeze=['0', '1']"] + Self.long
    let reference = try sandbox.reference(arguments)
    let run = try interrupted(sandbox, arguments)
    #expect(run.has("checkpoints/frozen.safetensors"))
    try FileManager.default.removeItem(atPath: file)

    // A checkpoint that has lost what all of them share is none.
    let shared = run.file("checkpoints/frozen.safetensors")
    try FileManager.default.moveItem(atPath: shared, toPath: shared + "-moved")
    let copy = sandbox.path("copy")
    try FileManager.default.copyItem(atPath: run.path, toPath: copy)
    let lost = try sandbox.run(["resume", copy])
    #expect(lost.code == 2)
    #expect(
      lost.text.contains("the weights that the run started from are missing: \(file)"),
      "\(lost.text)")
    try FileManager.default.moveItem(atPath: shared + "-moved", toPath: shared)

    let resumed = try sandbox.run(["resume", run.path])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == reference.manifest)
  }

  @Test func withoutACheckpointTheyAreNeeded() throws {
    let (sandbox, source) = try prepared()
    let arguments = ["cnn.yaml", "+weights={run: \(source.path)}", "train.epochs=2"]
    let reference = try sandbox.reference(arguments)
    let process = try sandbox.start(arguments)
    let deadline = Date().addingTimeInterval(60)
    while Date() < deadline, sandbox.runs().isEmpty { usleep(500) }
    for worker in process.workers { kill(worker, SIGKILL) }
    process.send(SIGKILL)
    process.wait()
    let run = try #require(sandbox.runs().last)
    try #require(run.checkpoints().isEmpty)

    try FileManager.default.moveItem(atPath: source.path, toPath: source.path + "-moved")
    let refused = try sandbox.run(["resume", "latest"])
    #expect(refused.code == 2)
    #expect(refused.text.contains("this run would not resume as it started"), "\(refused.text)")
    #expect(refused.text.contains("\(source.path)/weights/best.safetensors is missing"))
    #expect(refused.text.contains("no checkpoint contains them yet"))
    try FileManager.default.moveItem(atPath: source.path + "-moved", toPath: source.path)
    let resumed = try sandbox.run(["resume", "latest"])
    #expect(resumed.code == 0, "\(resumed.text)")
    #expect(try run.manifest() == reference.manifest)
  }
}
