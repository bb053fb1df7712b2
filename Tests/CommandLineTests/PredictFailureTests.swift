import Datasets
import Files
import FoundationEssentials
import PNGImage
import RunRecord
import Testing

/// What `runner predict` refuses, and how it says so.
@Suite struct PredictFailureTests {
  @Test func imagesThatCannotBeRead() async throws {
    try await FinishedRun.with { program, _ in
      let pixels = try FinishedRun.pixels(program)
      try FinishedRun.writePNG(pixels[..<64], to: program.path("good.png"))
      var bytes = try FileReading.bytes(of: program.path("good.png"))
      bytes[50] ^= 0xFF
      try AtomicFile.write([bytes], to: program.path("damaged.png"))
      try program.write("words", to: "text.png")
      for (name, reason) in [
        ("missing.png", "No such file"), ("text.png", "is not an image that can be read"),
        ("damaged.png", "is damaged"), ("data", "found a folder"),
        ("data/t10k-labels-idx1-ubyte", "as labels have"),
      ] {
        let outcome = try await program.run(["predict", "latest", name])
        #expect(outcome.code == 2)
        #expect(outcome.error.hasPrefix("error: \(name): "), "\(outcome.error)")
        #expect(outcome.error.contains(reason), "\(outcome.error)")
      }
      let all = try await program.run([
        "predict", "latest", "missing.png", "good.png", "text.png", "--json",
      ])
      #expect(all.code == 2)
      let lines = all.output.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[0].contains("\"error\"") && lines[0].contains("missing.png"))
      #expect(lines[1].contains("\"predicted\"") && lines[1].contains("good.png"))
      #expect(lines[2].contains("\"error\"") && lines[2].contains("text.png"))
      #expect(all.error.contains("2 of 3 files cannot be read"))
      #expect(all.error.contains("\"message\":\"text.png: is not an image"))
    }
  }

  @Test func questionsThatMakeNoSense() async throws {
    try await FinishedRun.with { program, run in
      try FinishedRun.writePNG(try FinishedRun.pixels(program)[..<64], to: program.path("a.png"))
      for (arguments, code, text) in [
        (["latest", "a.png", "--top", "5"], Int32(2), "the run's model predicts 4 classes"),
        (["latest", "a.png", "--top", "0"], 64, "--top must be at least 1"),
        (["latest"], 64, "Name images"),
        (["latest", "a.png", "--split", "test"], 64, "not both"),
        (["latest", "a.png", "--csv", "a.png"], 64, "would overwrite the image"),
        (["latest", "a.png", "--csv", run.file("x.csv")], 2, "is inside a run directory"),
        (["nosuch", "a.png"], 2, "there is no run 'nosuch'"),
        (["latest", "a.png", "--fold", "1"], 2, "has neither folds nor several seeds"),
        (["latest", "a.png", "--ensemble"], 2, "has neither folds nor several seeds"),
        (
          ["latest", "--dataset", "digits"], 2,
          "'digits' has 10 classes, but the run's model predicts 4"
        ),
        (["latest", "--dataset", "digit"], 2, "did you mean 'digits'?"),
        (["latest", "--dataset", "idx", "--folder", "nowhere"], 2, "is not a folder"),
      ] {
        let outcome = try await program.run(["predict"] + arguments)
        #expect(outcome.code == code, "\(arguments): \(outcome.error)")
        #expect(outcome.error.contains(text), "\(outcome.error)")
      }
    }
  }

  @Test func runsThatHaveNoModel() async throws {
    try await FinishedRun.with { program, run in
      try FinishedRun.writePNG(try FinishedRun.pixels(program)[..<64], to: program.path("a.png"))
      let best = run.file("weights/best.safetensors")
      let whole = try FileReading.bytes(of: best)
      var damaged = whole
      damaged[whole.count - 9] ^= 1
      try AtomicFile.write([damaged], to: best)
      let first = try await program.run(["predict", "latest", "a.png"])
      #expect(first.code == 2)
      #expect(first.error.contains("is damaged: it does not match what the run wrote"))
      #expect(try await program.run(["predict", "latest", "a.png", "--weights", "last"]).code == 0)

      // Without the manifest the file itself has to be right.
      try FileManager.default.removeItem(atPath: run.file(Manifest.name))
      try AtomicFile.write([Array(whole[..<(whole.count / 2)])], to: best)
      let cut = try await program.run(["predict", "latest", "a.png"])
      #expect(cut.code == 2)
      #expect(cut.error.contains("best.safetensors: "))
      #expect(
        try await program.run([
          "small.yaml", "-q", "model.1.linear=20", "epochs=1", "--runs-dir", "others",
        ]).code == 0)
      let other = try #require(program.runs("others").first) + "/weights/best.safetensors"
      try AtomicFile.write([FileReading.bytes(of: other)], to: best)
      let misfit = try await program.run(["predict", "latest", "a.png"])
      #expect(misfit.code == 2)
      #expect(misfit.error.contains("1.weight: shape [20, 64], the model has [16, 64]"))
      try FileManager.default.removeItem(atPath: best)
      let gone = try await program.run(["predict", "latest", "a.png"])
      #expect(gone.code == 2)
      #expect(gone.error.contains("no longer has weights/best.safetensors"))

      for (status, text) in [
        (RunInfo.Status.interrupted, "has not finished"), (.running, "has not finished"),
        (.failed, "has failed, so it has no model: the loss is nan"),
      ] {
        var info = try run.readInfo()
        info.status = status
        info.failure = status == .failed ? "the loss is nan" : nil
        try run.write(json: info, to: "run.json")
        let outcome = try await program.run(["predict", "latest", "a.png"])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains(text), "\(outcome.error)")
      }
    }
  }
}

/// A run of the small experiment, for tests that ask its model.
enum FinishedRun {
  static func with(
    _ overrides: [String] = [], _ body: (Program, RunDirectory) async throws -> Void
  ) async throws {
    let program = try Program()
    defer { program.remove() }
    try SmallExperiment.write(into: program)
    let outcome = try await program.run(["small.yaml", "-q"] + overrides)
    #expect(outcome.code == 0, "\(outcome.error)")
    try await body(program, RunDirectory(path: try #require(program.runs().first)))
  }

  static func pixels(_ program: Program) throws -> [UInt8] {
    try IDX.read(program.path("data/t10k-images-idx3-ubyte")).bytes
  }

  static func writePNG(
    _ pixels: ArraySlice<UInt8>, side: Int = 8, to path: String
  ) throws {
    let image = PixelImage(planar: Array(pixels), width: side, height: side, channels: 1)
    try AtomicFile.write([try #require(image).png()], to: path)
  }
}
