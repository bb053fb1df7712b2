import Files
import FoundationEssentials
import RunRecord
import Testing

/// `card.md` of real runs.
@Suite struct CardTests {
  private func card(_ run: String) throws -> String {
    String(decoding: try FileReading.bytes(of: run + "/card.md"), as: UTF8.self)
  }

  @Test func everyRunHasACardThatReproducesAndResumes() async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let first = try await program.run(["small.yaml"])
    #expect(first.code == 0, "\(first.error)")
    let run = try #require(program.runs().first)
    let text = try card(run)
    let info = try RunDirectory(path: run).readInfo()
    for line in [
      "# Model card: classification, idx\n", "**Input:** `image`: images of 1×8×8",
      "The run used 320 training, 80 validation and 100 test examples.",
      "No validation or test image has exactly the pixels of a training image.",
      "| `optimizer.adam.lr` | `0.01` |", "### Scores of each class", "### Calibration",
      "The epoch of the weights was chosen by the validation examples",
      "| Identity of the run | `\(info.identity)` |", "| `weights/best.safetensors` | `",
    ] {
      #expect(text.contains(line), "\(line)\n\(text)")
    }
    for word in [program.work, info.started, "small.yaml"] {
      #expect(!text.contains(word), "\(word)")
    }
    let manifest = String(
      decoding: try FileReading.bytes(of: run + "/MANIFEST.sha256"), as: UTF8.self)
    #expect(manifest.contains("\(Digest.hex(of: text.utf8))  card.md\n"))

    let again = try await program.run(["reproduce", run, "--runs-dir", "again"])
    #expect(again.code == 0 && again.text.contains("identical"), "\(again.text)")
    #expect(try card(try #require(program.runs("again").first)) == text)

    let short = try await program.run(["small.yaml", "epochs=1", "--runs-dir", "short"])
    #expect(short.code == 0, "\(short.error)")
    let start = try #require(program.runs("short").first)
    let rest = try await program.run(["resume", start, "epochs=3", "--runs-dir", "whole"])
    #expect(rest.code == 0, "\(rest.error)")
    let whole = try #require(program.runs("whole").first)
    #expect(try card(whole) == text)

    let shown = try await program.run(["show", run])
    #expect(shown.output.contains("card.md"), "\(shown.output)")
    // The records give the same text once more.
    try FileManager.default.removeItem(atPath: whole + "/card.md")
    let exported = try await program.run(["export", whole, "card", "-o", "model.md"])
    #expect(exported.code == 0, "\(exported.error)")
    #expect(exported.output == "model.md\n")
    let copy = String(decoding: try FileReading.bytes(of: program.path("model.md")), as: UTF8.self)
    #expect(copy == text)
    let inside = try await program.run(["export", run, "card", "-o", run + "/card.md"])
    #expect(inside.code == 2 && inside.error.contains("inside a run directory"))
    let fold = try await program.run(["export", run, "card", "--fold", "1"])
    #expect(fold.code == 64, "\(fold.error)")
  }

  @Test(arguments: ["sequential", "folds", "transfer"])
  func runsOfFormat1GetACard(name: String) async throws {
    let program = try Program()
    defer { program.remove() }
    let fixture = Program.repository + "/Tests/Fixtures/runs/format1/" + name
    try FileManager.default.copyItem(atPath: fixture, toPath: program.path(name))
    let outcome = try await program.run(["export", name, "card", "-o", "card.md"])
    #expect(outcome.code == 0, "\(outcome.error)")
    let text = String(decoding: try FileReading.bytes(of: program.path("card.md")), as: UTF8.self)
    #expect(text.contains("### Scores of each class") && text.contains("## Limitations"))
    #expect(text.contains("**Models:** 3, one for each fold.") == (name == "folds"))
    #expect(
      text.contains("> **Warning:** 14 of 20 validation examples were in the training set of")
        == (name == "transfer"))
  }
}
