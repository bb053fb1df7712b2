import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import Testing

/// `train.precision` from the file to the record.
@Suite struct PrecisionTests {
  private static let hasCUDA = FileManager.default.fileExists(atPath: "/dev/nvidia0")

  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try await body(&program)
  }

  @Test func isShownAndRecorded() async throws {
    try await withProgram { program in
      let checked = try await program.run(["check", "small.yaml", "precision=bfloat16"])
      #expect(checked.output.contains("seed 7, bfloat16\n"))
      let plain = try await program.run(["small.yaml", "device=cpu", "epochs=1"])
      #expect(plain.code == 0, "\(plain.error)")
      #expect(!plain.error.contains("float32"))
      let half = try await program.run(
        ["small.yaml", "device=cpu", "epochs=1", "precision=bfloat16"])
      #expect(half.code == 0, "\(half.error)")
      #expect(half.error.contains(" · bfloat16 · cpu, 1 thread"))

      let runs = program.runs().map(RunDirectory.init(path:))
      let infos = try runs.map { try $0.readInfo() }
      #expect(Set(infos.map(\.precision)) == ["float32", "bfloat16"])
      #expect(Set(infos.map(\.identity)).count == 2)
      for (run, info) in zip(runs, infos) {
        let text = String(
          decoding: try FileReading.bytes(of: run.file("resolved.yaml")), as: UTF8.self)
        #expect(text.contains("precision: \(info.precision ?? "")"))
      }
      let predicted = try await program.run(["predict", "latest", "--split", "test", "--json"])
      #expect(predicted.code == 0, "\(predicted.error)")
    }
  }

  @Test(.enabled(if: !hasCUDA, "this machine has a CUDA device"))
  func tf32WithoutCUDAIsAnErrorBeforeTheFirstBatch() async throws {
    try await withProgram { program in
      let yaml = SmallExperiment.yaml.replacing(
        "train: {epochs: 3}", with: "train: {epochs: 3, precision: tf32}")
      try program.write(yaml, to: "tf32.yaml")
      // What it will run on is not known without LibTorch.
      let checked = try await program.run(["check", "tf32.yaml"])
      #expect(checked.code == 0, "\(checked.error)")
      let outcome = try await program.run(["tf32.yaml"])
      #expect(outcome.code == 2)
      #expect(
        outcome.error.contains("error: tf32 needs a CUDA device; this run is on the CPU\n"),
        "\(outcome.error)")
      #expect(outcome.error.contains("tf32.yaml:18:31: "))
      #expect(program.runs().isEmpty)
    }
  }
}
