import ExperimentConfig
import Files
import FoundationEssentials
import RunRecord
import SafeTensorsFormat
import Testing
import Weights

/// `runner EXPERIMENT.yaml` from the file to the finished directory.
@Suite struct RunTests {
  private func withProgram(_ body: (inout Program) async throws -> Void) async throws {
    var program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    try await body(&program)
  }

  private func lines(_ path: String) throws -> [Substring] {
    String(decoding: try FileReading.bytes(of: path), as: UTF8.self).split(separator: "\n")
  }

  @Test func leavesAWholeDirectory() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["small.yaml", "--json"])
      #expect(outcome.code == 0, "\(outcome.error)")
      let result = try JSONText.decode(JSONValue.self, from: Array(outcome.output.utf8))
      guard case .object(let object) = result, case .string(let path)? = object["run"] else {
        throw TestFailure("no object with a run: \(outcome.output)")
      }
      #expect(object["status"] == "finished")
      #expect(object["parameters"] == ["total": 1108, "trainable": 1108])
      let run = RunDirectory(path: path.hasPrefix("/") ? path : program.path(path))

      let summary = try run.readSummary()
      #expect(summary.epochs == 3)
      #expect(try #require(summary.validation["accuracy"]) > 0.9)
      let info = try run.readInfo()
      #expect(info.status == .finished)
      #expect(info.identity == summary.identity)
      #expect(run.path.hasSuffix(String(info.identity.prefix(6))))
      #expect(info.dataset.used == "idx")
      #expect(info.threads == 1)

      #expect(
        try FileReading.bytes(of: run.file("experiment.yaml")) == Array(SmallExperiment.yaml.utf8))
      #expect(try lines(run.file("metrics.jsonl")).count == 3)
      #expect(try lines(run.file("timings.jsonl")).count == 3)
      #expect(try lines(run.file("log.txt")).last?.hasSuffix("info: finished") == true)
      let predictions = try lines(run.file("predictions.csv"))
      #expect(
        predictions[0] == "split,fold,index,label,predicted,p0,p1,p2,p3,logit0,logit1,logit2,logit3"
      )
      #expect(predictions.count == 1 + 80 + 100)
      #expect(try lines(run.file("confusion_matrix.csv")).count == 5)
      #expect(try lines(run.file("classification_report.txt"))[0].contains("precision    recall"))
      let interval = try #require(summary.intervals?["test"]?["accuracy"])
      #expect(interval[0] <= summary.test["accuracy"] ?? -1)
      #expect(interval[1] >= summary.test["accuracy"] ?? 2)
      let page = String(
        decoding: try FileReading.bytes(of: run.file("report.html")), as: UTF8.self)
      #expect(page.contains("small"))
      #expect(!page.contains("<script"))
      let names = try FileManager.default.contentsOfDirectory(atPath: run.path)
      #expect(names.count { $0.hasPrefix("events.out.tfevents.") } == 1)
      // Where gnuplot is missing the run says so and is otherwise complete.
      let hasPlots = FileManager.default.fileExists(atPath: run.file("plots/loss.svg"))
      #expect(hasPlots == info.warnings.isEmpty)
      let tensors = try SafeTensors.File(reading: run.file("weights/best.safetensors")).tensors
        .map(\.name)
      #expect(Set(tensors) == ["1.weight", "1.bias", "4.weight", "4.bias"])

      let manifest = try lines(run.file("MANIFEST.sha256"))
      #expect(
        manifest.map { String($0.dropFirst(66)) } == [
          "activity.json", "card.md", "classification_report.json", "classification_report.txt",
          "classification_report_validation.json", "classification_report_validation.txt",
          "confusion_matrix.csv", "confusion_matrix_validation.csv", "data.json", "losses.bin",
          "metrics.jsonl", "predictions.csv", "summary.json", "weights/best.safetensors",
          "weights/last.safetensors",
        ])
      for line in manifest {
        let bytes = try FileReading.bytes(of: run.file(String(line.dropFirst(66))))
        #expect(Digest.hex(of: bytes) == line.prefix(64))
      }
    }
  }

  @Test func epochsGoToStandardErrorAndTheResultToStandardOutput() async throws {
    try await withProgram { program in
      let outcome = try await program.run(["small.yaml"])
      #expect(outcome.code == 0)
      #expect(outcome.output.contains("accuracy"))
      #expect(!outcome.error.contains("runs/small-"))
      for text in [outcome.output, outcome.error] {
        #expect(!text.contains("\u{1B}"))
        #expect(!text.contains("\r"))
      }
      let epochs = outcome.error.split(separator: "\n").filter { $0.contains("/3 ") }
      #expect(epochs.count == 3)
      let path = try #require(outcome.output.split(separator: "\n").last)
      #expect(path.trimmingPrefix("  ").hasPrefix("runs/small-"))
      let quiet = try await program.run(["small.yaml", "--quiet"])
      #expect(quiet.error == "")
      #expect(quiet.code == 0)
      #expect(quiet.output.hasPrefix("runs/small-"))
      #expect(quiet.output.split(separator: "\n").count == 1, "the directory alone")
    }
  }

  @Test func theSameExperimentGivesTheSameManifest() async throws {
    try await withProgram { program in
      async let first = program.run(["small.yaml", "-q"])
      async let second = program.run(["small.yaml", "-q"])
      let codes = try await [first.code, second.code]
      #expect(codes == [0, 0])
      let runs = program.runs()
      #expect(runs.count == 2)
      let manifests = try runs.map { try FileReading.bytes(of: $0 + "/MANIFEST.sha256") }
      #expect(manifests[0] == manifests[1])
      #expect(try await program.run(["small.yaml", "-q", "seed=8"]).code == 0)
      let other = try #require(program.runs().first { !runs.contains($0) })
      #expect(try FileReading.bytes(of: other + "/MANIFEST.sha256") != manifests[0])
    }
  }

  /// However an experiment is spelled and named, one identity has one manifest.
  @Test func theSpellingDoesNotMatter() async throws {
    try await withProgram { program in
      try program.write(
        "# the same\nextends: small.yaml\noptimizer: {adam: 0.01}\n", to: "other.yaml")
      #expect(try await program.run(["small.yaml", "-q"]).code == 0)
      #expect(try await program.run(["other.yaml", "-q", "name=another"]).code == 0)
      let runs = program.runs().map(RunDirectory.init)
      #expect(runs.count == 2)
      #expect(Set(try runs.map { try $0.readInfo().identity }).count == 1)
      let manifests = try runs.map { try Digest.hex(ofFile: $0.file(Manifest.name)) }
      #expect(manifests[0] == manifests[1])
    }
  }

  @Test func resolvedYAMLGivesTheSameRun() async throws {
    try await withProgram { program in
      #expect(try await program.run(["small.yaml", "-q", "lr=5e-3", "+description=a"]).code == 0)
      let first = RunDirectory(path: try #require(program.runs().first))
      let again = try await program.run([
        first.file("resolved.yaml"), "-q", "--runs-dir", "again",
      ])
      #expect(again.code == 0, "\(again.error)")
      let second = RunDirectory(path: try #require(program.runs("again").first))
      #expect(try first.readInfo().identity == second.readInfo().identity)
      let manifests = try [first, second].map { try Digest.hex(ofFile: $0.file(Manifest.name)) }
      #expect(manifests[0] == manifests[1])
    }
  }

  @Test func weightsStartFromAnEarlierRun() async throws {
    try await withProgram { program in
      #expect(try await program.run(["small.yaml", "-q"]).code == 0)
      let first = RunDirectory(path: try #require(program.runs().first))
      let weights = first.file("weights/best.safetensors")
      let outcome = try await program.run([
        "small.yaml", "-q", "--runs-dir", "second", "weights=\(weights)", "lr=1e-9", "dropout=0",
        "epochs=1",
      ])
      #expect(outcome.code == 0, "\(outcome.error)")
      let second = RunDirectory(path: try #require(program.runs("second").first))
      let before = try first.readSummary().validation["loss"] ?? 0
      let after = try second.readSummary().validation["loss"] ?? 1
      #expect(abs(before - after) < 1e-5)
      let recorded = try second.readInfo().weights?.sha256
      #expect(recorded == Digest.hex(of: try FileReading.bytes(of: weights)))

      let misfit = try await program.run([
        "small.yaml", "weights=\(weights)", "model.1.linear=20", "--runs-dir", "third",
      ])
      #expect(misfit.code == 2)
      #expect(misfit.error.contains("1.weight: shape [16, 64] in the file, [20, 64] in the model"))
      #expect(misfit.error.contains("1.bias: shape [16] in the file, [20] in the model"))
      #expect(!misfit.error.contains("4.weight"), "the head may have another size")
      #expect(program.runs("third").isEmpty)
    }
  }
}

struct TestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
