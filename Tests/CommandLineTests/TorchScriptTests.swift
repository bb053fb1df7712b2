import ExperimentConfig
import Files
import FoundationEssentials
import Glibc
import RunRecord
import Testing
import Weights

/// A TorchScript file as a layer: `Tests/Fixtures/torchscript/mlp.pt` and `cnn.pt`.
@Suite struct TorchScriptTests {
  private static let fixtures = Program.repository + "/Tests/Fixtures/torchscript"

  private func withProgram(
    model: String = "- torchscript: mlp.pt\n    name: net", _ more: String = "",
    _ body: (Program) async throws -> Void
  ) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    for name in ["mlp.pt", "cnn.pt"] {
      try FileManager.default.copyItem(
        atPath: "\(Self.fixtures)/\(name)", toPath: program.path(name))
    }
    let start = SmallExperiment.yaml.components(separatedBy: "model:\n")[0]
    let end = SmallExperiment.yaml.components(separatedBy: "optimizer:\n")[1]
    try program.write(
      start + "model:\n  \(model)\noptimizer:\n" + end + more, to: "net.yaml")
    try await body(program)
  }

  // MARK: Checking

  @Test func checkRunsTheFileOnceAndSaysSo() async throws {
    try await withProgram { program in
      let first = try await program.run(["check", "net.yaml"])
      #expect(first.code == 0, "\(first.text)")
      let text = first.output.split(separator: "\n").map {
        $0.split(separator: " ").joined(separator: " ")
      }
      #expect(text.contains("net torchscript [N, 4] 572 unknown"), "\(first.output)")
      #expect(text.contains("total 572 unknown"), "\(first.output)")
      #expect(text.contains { $0.hasPrefix("programs 'net' runs mlp.pt, SHA-256 ") })
      #expect(text.contains("run once for its shapes; its parameters start from the file's values"))

      // Without a worker, the second time needs what the first one found.
      var without = program
      without.environment["RUNNER_WORKER"] = "/nowhere"
      let second = try await without.run(["check", "net.yaml"])
      #expect(second.output == first.output, "\(second.text)")
      let json = try await without.run(["check", "net.yaml", "--json"])
      #expect(json.output.contains("\"flops\":null") || json.output.contains("\"flops\" : null"))
    }
  }

  @Test(arguments: [
    ("missing.pt", [], "net.yaml:11:18", "cannot read its file"),
    ("net.yaml", [], "net.yaml:11:18", "needs a TorchScript file, and net.yaml is none"),
    ("weights.pt", [], "net.yaml:11:18", "holds only weights"),
    (
      "mlp.pt", ["data.transforms=[{resize: 10}, to_tensor]"], "net.yaml:11:18",
      "fails on an input of [N, 1, 10, 10]: mat1 and mat2 shapes cannot be multiplied"
    ),
  ])
  func otherFilesAreErrorsAtTheirLine(
    file: String, overrides: [String], place: String, words: String
  ) async throws {
    try await withProgram(model: "- torchscript: \(file)") { program in
      // What torch.save writes: a zip file with data.pkl and no code.
      let zip = try FileReading.bytes(of: program.path("mlp.pt"))
      try Data(Self.withoutProgram(zip)).write(
        to: URL(fileURLWithPath: program.path("weights.pt")))
      let outcome = try await program.run(["check", "net.yaml"] + overrides)
      #expect(outcome.code == 2, "\(outcome.text)")
      #expect(outcome.error.contains(words), "\(outcome.error)")
      #expect(outcome.error.contains(place), "\(outcome.error)")
    }
  }

  /// The bytes of a zip file with the names of programs changed into others of the same length.
  private static func withoutProgram(_ zip: [UInt8]) -> [UInt8] {
    var bytes = zip
    for (old, new) in [("/code/", "/data/"), ("constants.pkl", "variables.pkl")] {
      let (old, new) = (Array(old.utf8), Array(new.utf8))
      for start in 0...(bytes.count - old.count)
      where bytes[start..<(start + old.count)].elementsEqual(old) {
        bytes.replaceSubrange(start..<(start + old.count), with: new)
      }
    }
    return bytes
  }

  /// A worker that ends before it answers, as after a crash, is reported like any other error.
  @Test func aWorkerThatCrashesIsReported() async throws {
    try await withProgram { program in
      try program.write("#!/bin/sh\nkill -SEGV $$\n", to: "worker")
      chmod(program.path("worker"), 0o755)
      var broken = program
      broken.environment["RUNNER_WORKER"] = program.path("worker")
      let outcome = try await broken.run(["check", "net.yaml"])
      #expect(outcome.code == 2, "\(outcome.text)")
      #expect(outcome.error.contains("the worker that did crashed (signal 11"), "\(outcome.error)")
      #expect(outcome.error.contains("net.yaml:11:18"), "\(outcome.error)")
    }
  }

  // MARK: Training

  /// The module draws dropout masks, so this holds only if they depend on nothing but the step.
  @Test func anInterruptedRunIsReproducedAndNeedsNoOtherFile() async throws {
    try await withProgram { program in
      let cut = try await program.run(
        ["net.yaml", "epochs=30", "train.checkpoint.every=5"], send: SIGINT, after: "3/30")
      // From here on, only what the run keeps is there.
      try FileManager.default.removeItem(atPath: program.path("mlp.pt"))
      try FileManager.default.removeItem(atPath: program.path("cache/modules"))
      let run = try #require(program.runs().first)
      if cut.code == 75 {
        let resumed = try await program.run(["resume", run])
        #expect(resumed.code == 0, "\(resumed.text)")
      }
      let info = try RunDirectory(path: run).readInfo()
      let file = try #require(info.files?.first { $0.key == "model.net.file" })
      #expect(RunDirectory(path: run).isFile("modules/\(file.sha256).pt"))
      #expect(info.identifiedBy?.files?["model.net.file"] == file.sha256)

      let again = try await program.run(["reproduce", run])
      #expect(again.code == 0, "\(again.text)")
      #expect(again.output.contains("byte for byte"), "\(again.text)")
      let shown = try await program.run(["predict", run, "--split", "test"])
      #expect(shown.code == 0, "\(shown.text)")

      try Data("changed".utf8).write(
        to: URL(fileURLWithPath: "\(run)/modules/\(file.sha256).pt"))
      let changed = try await program.run(["predict", run, "--split", "test"])
      #expect(changed.code == 2, "\(changed.text)")
      #expect(changed.error.contains("has changed since it was checked"), "\(changed.error)")
    }
  }

  /// With everything but the last module in it frozen, the rest keeps the file's values and its statistics.
  @Test func frozenModulesKeepTheirValues() async throws {
    try await withProgram("freeze: backbone\n") { program in
      let outcome = try await program.run(["net.yaml", "epochs=1", "data.split={folds: 2}"])
      #expect(outcome.code == 0, "\(outcome.text)")
      let run = try #require(program.runs().first)
      for fold in ["fold-1", "fold-2"] {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(run)/\(fold)/modules")
        #expect(names.count == 2, "\(names)")
      }
      // Tensors lie in the file as they are.
      let file = try FileReading.bytes(of: program.path("mlp.pt"))
      let entries = try SafeTensors.File(reading: "\(run)/fold-1/weights/best.safetensors")
        .entries()
      func isOfFile(_ name: String) throws -> Bool {
        let entry = try #require(entries.first { $0.name == name })
        return file.firstRange(of: entry.bytes) != nil
      }
      #expect(try isOfFile("net.layers.1.weight"))
      #expect(try isOfFile("net.layers.4.running_mean"))
      #expect(try !isOfFile("net.head.weight"))
    }
  }
}
